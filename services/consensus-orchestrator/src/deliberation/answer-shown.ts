import { turnForms } from '@concord/contracts/turns'
import type { TurnOutput } from '@concord/contracts/turns'
import type { EventBody, Turn } from '../ports.ts'
import { responseText } from '../queries/results.ts'

type Answered = Extract<EventBody, { type: 'model_answered' }>['data']
type How = Pick<Answered, 'late' | 'sandbox'> & { latencyMs: number }

/** What the live page says of an answer. */
export function modelAnswered(turn: Turn, output: TurnOutput, { late, sandbox, latencyMs }: How): EventBody {
  const { round, model, purpose } = turn
  const data = { round, model, purpose, ...shown(purpose, output), sandbox, latency_ms: latencyMs, late }
  return { type: 'model_answered', data }
}

/** Whether the output keeps to the form of its purpose; a synthesis has none but must say something. */
export function keepsForm(purpose: Turn['purpose'], output: TurnOutput): boolean {
  return purpose === 'synthesis' ? output.text.trim() !== '' : turnForms[purpose].schema.safeParse(output.json).success
}

function shown(purpose: Turn['purpose'], output: TurnOutput): Pick<Answered, 'answer' | 'confidence' | 'stance'> {
  if (purpose === 'synthesis') return { answer: output.text, confidence: null, stance: null }
  if (purpose === 'opening') {
    const answer = turnForms.opening.schema.safeParse(output.json).data
    return { answer: answer ? responseText(answer) : null, confidence: answer?.confidence ?? null, stance: null }
  }
  if (purpose === 'debate') {
    const reply = turnForms.debate.schema.safeParse(output.json).data
    return { answer: reply?.final ?? null, confidence: reply?.confidence ?? null, stance: reply?.stance ?? null }
  }
  return { answer: null, confidence: null, stance: null }
}
