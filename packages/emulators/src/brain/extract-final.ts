/**
 * The answer that a free text comes to: the last `\\boxed{…}`, else what stands behind the last "final answer" or "answer is", else the
 * number on which its last sentence ends up. Null where there is none of these.
 */
export function extractFinal(text: string): string | null {
  return lastBoxed(text) ?? lastStated(text) ?? concludedNumber(text)
}

function lastBoxed(text: string): string | null {
  const start = text.lastIndexOf('\\boxed{')
  if (start === -1) return null
  const from = start + '\\boxed{'.length
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return clean(text.slice(from, at))
  }
  return null
}

function lastStated(text: string): string | null {
  const pattern = /(?:final answer|the (?:correct )?answer|answer)(?: is)?\s*[*_]*\s*[:=]?\s*[*_]*\s*([^\n]{1,300})/gi
  const stated = [...text.matchAll(pattern)].at(-1)?.[1]
  const final = stated === undefined ? null : clean(stated)
  return final === null || final.length <= 20 ? final : (onlyNumber(final) ?? final)
}

/** "Therefore, it takes **3 bolts** (2 blue + 1 white)": a number in bold, or the only one of the last sentence. */
function concludedNumber(text: string): string | null {
  const paragraph = text.trim().split(/\n+/).at(-1) ?? ''
  const bold = [...paragraph.matchAll(/\*\*([^*]+)\*\*/g)].at(-1)?.[1]
  return (bold === undefined ? null : onlyNumber(bold)) ?? onlyNumber(paragraph.split(/(?<=[.!?])\s+/).at(-1) ?? '')
}

function onlyNumber(text: string): string | null {
  const numbers = new Set(text.replaceAll(/(\d),(?=\d{3}(?!\d))/g, '$1').match(/-?\d+(?:\.\d+)?/g))
  return numbers.size === 1 ? ([...numbers][0] ?? null) : null
}

function clean(text: string): string | null {
  const bare = text
    .replace(/^\\(?:text|mathrm)\{([^{}]*)\}$/, '$1')
    .replace(/^(?:final )?answer\s*[:=]\s*/i, '')
    .replaceAll(/[*$`]+/g, '')
    .trim()
    .replace(/[.\s]+$/, '')
  const letter = /^\(?([A-J])\)?(?:[).:\s].*)?$/.exec(bare)?.[1]
  return letter ?? (bare === '' ? null : bare)
}
