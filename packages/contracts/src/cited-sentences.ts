/** A sentence of a writer's text, without its citation, and the ids of the claims that it cites. */
export type CitedSentence = { text: string; claims: string[] }

const longestText = 60_000
const mostLines = 200
const longestLine = 4_000
const citation = /^\s*[A-Za-z]\d{1,4}(?:[\s,;]+[A-Za-z]\d{1,4}){0,40}\s*$/
const listMark = /^\s{0,8}(?:[-*•>#]{1,6}|\d{1,3}[.)])\s+/
const onlyMarks = /^[\s.,;:!?。！？、)\]»”"'*_-]*$/

/**
 * Reads the text that the writer of a summary is asked for: sentences, each closed by the ids of its claims in square brackets. What
 * grows at its end keeps the sentences it had, so a text can be read while it is written, up to its last bracket.
 */
export function citedSentences(text: string): CitedSentence[] {
  return text
    .slice(0, longestText)
    .split('\n')
    .slice(0, mostLines)
    .flatMap((line) => sentencesOf(line.slice(0, longestLine)))
}

/** A line is one sentence or more, each closed by its citation; what stands after the last citation has none. */
function sentencesOf(line: string): CitedSentence[] {
  const sentences: CitedSentence[] = []
  const rest = line.replace(listMark, '')
  let from = 0
  for (let open = rest.indexOf('['); open >= 0; open = rest.indexOf('[', open + 1)) {
    const close = rest.indexOf(']', open)
    if (close < 0) break
    const inner = rest.slice(open + 1, close)
    if (close - open > 300 || !citation.test(inner)) continue
    const claims = inner
      .trim()
      .toLowerCase()
      .split(/[\s,;]+/)
    const text = rest.slice(from, open).trim()
    const previous = sentences.at(-1)
    if (text !== '' && !onlyMarks.test(text)) sentences.push({ text: ended(text), claims })
    else previous?.claims.push(...claims)
    from = close + 1
    if (/[.!?。！？؟]/.test(rest[from] ?? '')) from++
  }
  const uncited = rest.slice(from).trim()
  if (!onlyMarks.test(uncited)) sentences.push({ text: uncited, claims: [] })
  return sentences
}

function ended(text: string): string {
  const sentence = text.replace(/\s{1,100}/g, ' ')
  return /[.!?…:。！？：؟]["'”»)]?$/.test(sentence) ? sentence : `${sentence}.`
}
