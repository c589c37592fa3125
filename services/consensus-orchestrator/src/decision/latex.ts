const hasMarkup = /[\\$]/
const mathWrapping =
  /^(?:\$\$([^$]+)\$\$|\$((?:[^$\\]|\\.)+)\$|\\\(((?:(?!\\\)).)+)\\\)|\\\[((?:(?!\\\]).)+)\\\])[.,]?$/s
const symbols: readonly [RegExp, string][] = [
  [/\\(?:left|right|displaystyle|bigl?|bigr?|limits)(?![a-z])\s?/g, ''],
  [/\\[!,;: ]|~/g, ' '],
  [/\{,\}/g, ','],
  [/\\%/g, '%'],
  [/\\\$/g, '$'],
  [/\\([{}_&#])/g, '$1'],
  [/\\(?:times|cdot)(?![a-z])/g, '*'],
  [/\^\s?(?:\{\s?\\circ\s?\}|\\circ(?![a-z]))/g, '°'],
  [/\\degree(?![a-z])/g, '°'],
  [
    /\\(pi|infty|sqrt|alpha|beta|gamma|theta|lambda|mu|sigma|omega|ln|log|sin|cos|tan|exp|pm|leq?|geq?)(?![a-z])\s?/g,
    '$1',
  ],
  [/\^\{([-+\w]{1,20})\}/g, '^$1'],
]
const passes = 40

/** Plain text of a LaTeX answer. What it does not know it leaves as it is. */
export function readLatex(text: string): string {
  if (!hasMarkup.test(text)) return text
  let plain = lastBoxed(text)
  plain = plain.replace(mathWrapping, '$1$2$3$4').trim()
  if (!plain.includes('\\')) return plain
  plain = unwrap(
    plain,
    /\\(?:text|mathrm|mathbf|textbf|textit|mathit|operatorname|mbox|emph|rm|bf)\s?\{/,
    (inner) => inner,
  )
  plain = fractions(plain)
  for (const [pattern, sign] of symbols) plain = plain.replace(pattern, sign)
  return unwrap(plain, /sqrt\{/, (inner) => `sqrt(${inner})`).trim()
}

function lastBoxed(text: string): string {
  const at = Math.max(text.lastIndexOf('\\boxed{'), text.lastIndexOf('\\fbox{'))
  if (at < 0) return text
  const open = text.indexOf('{', at)
  const close = closingBrace(text, open)
  return close === undefined ? text.slice(open + 1) : text.slice(open + 1, close)
}

function fractions(text: string): string {
  let plain = text.replace(/\\[dtc]?frac\s?(\d)\s?(\d)/g, '$1/$2')
  for (let pass = 0; pass < passes; pass++) {
    const match = /\\[dtc]?frac\s?\{/.exec(plain)
    if (match === null) break
    const top = match.index + match[0].length - 1
    const topEnd = closingBrace(plain, top)
    const bottom = topEnd === undefined ? -1 : plain.indexOf('{', topEnd)
    const bottomEnd = bottom < 0 ? undefined : closingBrace(plain, bottom)
    if (topEnd === undefined || bottomEnd === undefined) break
    const mixed = /\d\s?$/.test(plain.slice(0, match.index)) ? ' ' : ''
    const ratio = `${operand(plain.slice(top + 1, topEnd))}/${operand(plain.slice(bottom + 1, bottomEnd))}`
    plain = plain.slice(0, match.index) + mixed + ratio + plain.slice(bottomEnd + 1)
  }
  return plain
}

function operand(text: string): string {
  const inner = text.trim()
  return /^[\w.\\]+$/.test(inner) ? inner : `(${inner})`
}

function unwrap(text: string, command: RegExp, render: (inner: string) => string): string {
  let plain = text
  for (let pass = 0; pass < passes; pass++) {
    const match = command.exec(plain)
    if (match === null) break
    const open = match.index + match[0].length - 1
    const close = closingBrace(plain, open)
    if (close === undefined) break
    plain = plain.slice(0, match.index) + render(plain.slice(open + 1, close)) + plain.slice(close + 1)
  }
  return plain
}

function closingBrace(text: string, open: number): number | undefined {
  let depth = 0
  for (let index = open; index >= 0 && index < text.length; index++) {
    if (text[index] === '{') depth++
    else if (text[index] === '}' && --depth === 0) return index
  }
  return undefined
}
