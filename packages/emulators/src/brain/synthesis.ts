import { packs } from './open/packs.ts'
import { phrases } from './phrases.ts'
import type { Prompt } from './prompt.ts'

type Cited = { id: string; text: string }

/** A writer's text: one sentence a line, each ending in the ids of the claims behind it; the verdict, where there is one, comes first. */
export function synthesis(prompt: Prompt): string {
  const { answerIs } = packs[prompt.language]
  const claims = prompt.claims.length > 0 ? prompt.claims : claimsIn(prompt.verdict ?? '')
  if (claims.length === 0) return plainVerdict(prompt)
  if (prompt.verdict === undefined || prompt.claims.length === 0) return linesOf(prompt, claims).join('\n')
  const answer = answerIs(inWords(prompt.verdict, prompt))
  const first = claims.find(({ text }) => text.trim() === prompt.verdict) ?? claims[0]
  const reasons = claims.filter((claim) => claim !== first && sentence(claim.text) !== sentence(answer))
  return [`${answer} [${first?.id ?? ''}]`, ...linesOf(prompt, reasons)].join('\n')
}

/** Two claims a sentence, joined by the language's own words. */
function linesOf({ language }: Prompt, claims: readonly Cited[]): string[] {
  const { join } = packs[language]
  return claims.flatMap((first, at) => {
    if (at % 2 === 1) return []
    const second = claims[at + 1]
    const lead = at === 0 ? '' : `${join[(at / 2 - 1) % join.length] ?? ''} `
    const head = lead + uncapitalised(sentence(first.text), lead.trim())
    const tail = second ? `; ${uncapitalised(sentence(second.text), ';')}` : ''
    return `${head}${tail}. [${second ? `${first.id} ${second.id}` : first.id}]`
  })
}

/** A verdict of yes or no in the question's language; any other as it is. */
function inWords(verdict: string, { language }: Prompt): string {
  if (/^(?:yes|true)$/i.test(verdict)) return phrases[language].yes
  return /^(?:no|false)$/i.test(verdict) ? phrases[language].no : verdict
}

/** Claims written into the verdict itself: `c1: text`, `[c1] text`, `- c1 text`. */
function claimsIn(verdict: string): Cited[] {
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

const articles =
  /^(?:The|A|An|It|In|At|One|Several|Whether|Within|Early|Research|So|Le|La|Les|L|Il|Un|Une|En|Au|Pour|Avec|El|Los|Las|Lo|Con|Al|Der|Die|Das|Ein|Eine|Bei|Im|Am)\b/

/** Lower case within a sentence, where the first word is none that is always written large. */
function uncapitalised(text: string, before: string): string {
  return before !== '' && articles.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
