const shortest = 12
const fewestWords = 3
const edges = /^["'“”‘’«»‹›`\s.…]+|["'“”‘’«»‹›`\s.…]+$/g

/** Whether a quotation occurs in a text, but for case, spacing and the kind of quotation marks. Too short a one proves nothing. */
export function quotationOccurs(quotation: string | null, text: string): boolean {
  if (quotation === null) return false
  const quoted = flatten(quotation.slice(0, 2_000)).replace(edges, '')
  const whole = flatten(text)
  const longEnough =
    quoted.length >= shortest || quoted.split(' ').length >= fewestWords || (quoted !== '' && quoted === whole)
  return longEnough && whole.includes(quoted)
}

function flatten(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’`]/g, "'")
    .replace(/[“”«»]/g, '"')
    .replace(/[−–—]/g, '-')
    .replace(/‹‹‹/g, '<<<')
    .replace(/›››/g, '>>>')
    .replace(/\s+/g, ' ')
    .trim()
}
