import { packs } from './open/packs.ts'
import type { Prompt } from './prompt.ts'

/** A writer's text: one sentence a line, each ending in the ids of the claims behind it. */
export function synthesis(prompt: Prompt): string {
  const claims = prompt.claims.length > 0 ? prompt.claims : claimsIn(prompt.verdict ?? '')
  if (claims.length === 0) return plainVerdict(prompt)
  const { join } = packs[prompt.language]
  const lines: string[] = []
  for (let at = 0; at < claims.length; at += 2) {
    const [first, second] = claims.slice(at, at + 2)
    if (!first) break
    const lead = at === 0 ? '' : `${join[(at / 2 - 1) % join.length] ?? ''} `
    lines.push(
      second
        ? `${lead}${uncapitalised(sentence(first.text), lead)}; ${uncapitalised(sentence(second.text), ';')}. [${first.id} ${second.id}]`
        : `${lead}${uncapitalised(sentence(first.text), lead)}. [${first.id}]`,
    )
  }
  return lines.join('\n')
}

/** Claims written into the verdict itself: `c1: text`, `[c1] text`, `- c1 text`. */
function claimsIn(verdict: string): { id: string; text: string }[] {
  return verdict.split('\n').flatMap((line) => {
    const [, id, text] = /^[-*\s]*\[?(c\d+)\]?[:.)\s]+(\S.*)$/.exec(line) ?? []
    return id && text ? [{ id, text }] : []
  })
}

function plainVerdict(prompt: Prompt): string {
  const reasons = prompt.reasons.map((reason) => `${sentence(reason.split('\n')[0] ?? '')}.`)
  return [sentence(prompt.verdict ?? packs[prompt.language].uncertain), ...reasons].join('\n')
}

function sentence(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.;]+$/, '')
}

/** Lower case within a sentence, where the first word is not a name, a number or an abbreviation. */
function uncapitalised(text: string, before: string): string {
  const articles =
    /^(?:The|A|An|It|In|At|One|Several|Whether|Within|Early|Research|Le|La|Les|L|Il|Un|Une|En|Au|Pour|Avec|El|Los|Las|Lo|Con|Al|Der|Die|Das|Ein|Eine|Bei|Im|Am)\b/
  return before !== '' && articles.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
