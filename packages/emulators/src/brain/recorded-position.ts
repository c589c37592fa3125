import type { Stance } from './open/stance.ts'
import type { Claim, Position } from './position.ts'
import type { Prompt } from './prompt.ts'
import type { Recording } from './recordings.ts'

/** A recorded answer as a position: the reasoning is its text, paragraph by paragraph. */
export function recordedPosition(prompt: Prompt, recording: Recording, stance: Stance): Position {
  const reasoning = paragraphs(recording.text)
  const { final } = recording
  const confidence = recording.confidence ?? 0.8
  const answerType = answerTypeOf(prompt, final)
  return {
    answerType,
    final,
    otherFinal: null,
    confidence,
    reasoning,
    claims: answerType === 'open' ? statements(reasoning, final, confidence) : [],
    wrong: false,
    liar: false,
    tactic: 'insist',
    gullible: false,
    wrongStep: undefined,
    solution: undefined,
    stance,
    recording,
  }
}

function statements(reasoning: readonly string[], final: string | null, confidence: number): Claim[] {
  const sentences = reasoning
    .flatMap((text) => text.split(/(?<=[.!?])\s+/))
    .filter((text) => text.length > 20 && text.length < 400)
  const answer = final === null ? [] : [`The answer is ${final.slice(0, 300)}.`]
  return [...answer, ...sentences.slice(-4)].map((text, index) => ({
    text,
    kind: index === 0 ? 'answer' : 'step',
    salience: index === 0 ? 1 : 0.5,
    confidence,
  }))
}

/** At most 24 lines of at most 4,000 characters, as the form allows; what is beyond is in the last lines' place. */
function paragraphs(text: string): string[] {
  const parts = text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter(Boolean)
  const kept = parts.length > 24 ? [...parts.slice(0, 12), ...parts.slice(-12)] : parts
  return kept.map((part) => part.slice(0, 4_000))
}

function answerTypeOf(prompt: Prompt, final: string | null): Position['answerType'] {
  if (prompt.choices.length > 0) return 'choice'
  if (prompt.answerType === 'choice' || prompt.answerType === 'number' || prompt.answerType === 'boolean')
    return prompt.answerType
  if (final === null || prompt.answerType === 'open') return 'open'
  if (/^[-+$(]*(?:\\(?:d?frac|sqrt|pi)\b.*|\d[\d.,/^]*(?:\s*[%°\p{L}]{1,6})?)[$)]*$/u.test(final)) return 'number'
  if (/^(?:yes|no|true|false)$/i.test(final)) return 'boolean'
  return /^[A-J]$/.test(final) ? 'choice' : 'open'
}
