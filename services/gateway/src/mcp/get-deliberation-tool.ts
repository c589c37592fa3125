import { z } from 'zod'
import { digest, Digest } from './deliberation-digest.ts'
import { aTool } from './tool.ts'
import { percent, sections, untrustedNotice } from './untrusted.ts'

export const getDeliberationTool = aTool({
  name: 'get_deliberation',
  title: 'Read a deliberation',
  description: `How the council came to an answer: every round, what each model answered and argued, the claims with their votes, who changed position and why, and the minority report. Also tells how far a running query is. Long texts are cut; shortened says so. Free of charge. ${untrustedNotice}`,
  annotations: { readOnlyHint: true, openWorldHint: false },
  input: z.strictObject({
    query_id: z.string().min(1).max(64).describe('As ask_council gave it: qry_ and 32 hexadecimal digits.'),
  }),
  output: Digest,
  scopes: ['queries:read'],
  async run({ council }, { query_id: queryId }, { caller: { token } }) {
    const structured = digest(await council.deliberation({ token, queryId }))
    return { structured, text: toText(structured) }
  },
})

function toText(told: Digest): string {
  const mark = sections()
  return [
    `Query ${told.query_id}: ${standing(told)}`,
    mark('QUESTION', told.question),
    ...(told.verdict ? [verdictText(told.verdict, mark)] : []),
    ...told.rounds.flatMap(({ round, turns }) => [
      `Round ${round}`,
      ...turns.map((turn) => (hasWords(turn) ? mark('TURN', turnText(turn)) : `${turnHead(turn)}.`)),
    ]),
    ...claimsText(told.claims, mark),
    ...changesText(told.changes, mark),
    ...told.minority_report.map(({ models, position, argument }) =>
      mark('MINORITY_REPORT', `${models.join(', ')}: ${position}\n${argument}`),
    ),
    ...(told.shortened ? ['Texts and lists were cut to keep this readable.'] : []),
    untrustedNotice,
  ].join('\n\n')
}

type Mark = ReturnType<typeof sections>
type Turn = Digest['rounds'][number]['turns'][number]

function standing({ status, stage, round, failure }: Digest): string {
  if (status === 'processing') return `still at work, stage ${stage}, round ${round}.`
  return failure ? `failed: ${failure.detail}` : `${status}.`
}

function verdictText(verdict: NonNullable<Digest['verdict']>, mark: Mark): string {
  const { outcome, confidence, agreement, answer, summary } = verdict
  const head = `Outcome: ${outcome}, confidence ${percent(confidence)}, agreement ${percent(agreement)}.`
  return [head, ...(answer === null ? [] : [mark('ANSWER', answer)]), mark('SUMMARY', summary)].join('\n')
}

const hasWords = ({ answer, text, votes }: Turn): boolean => answer !== null || text !== null || votes.length > 0

function turnHead({ model, purpose, status, stance, confidence, failure }: Turn): string {
  const how = [purpose, status, ...(stance ? [stance] : []), ...(confidence === null ? [] : [percent(confidence)])]
  return `${model} (${how.join(', ')})${failure ? `: ${failure}` : ''}`
}

function turnText(turn: Turn): string {
  return [
    turnHead(turn),
    ...(turn.answer === null ? [] : [`Answer: ${turn.answer}`]),
    ...(turn.text === null ? [] : [turn.text]),
    ...(turn.error_quoted === null ? [] : [`Quoted as wrong: ${turn.error_quoted}`]),
    ...turn.votes.map(({ claim, vote, reason }) => `- ${claim}: ${vote}. ${reason}`),
  ].join('\n')
}

function claimsText(claims: Digest['claims'], mark: Mark): string[] {
  const lines = claims.map(({ id, text, support, verdict, votes }) => {
    const how = votes.map(({ model, vote }) => `${model} ${vote}`).join(', ')
    return `- ${id} (${verdict}, ${percent(support)}; ${how}): ${text}`
  })
  return lines.length === 0 ? [] : [mark('CLAIMS', lines.join('\n'))]
}

function changesText(changes: Digest['changes'], mark: Mark): string[] {
  const lines = changes.map(
    ({ model, round, claim, from, to, reason }) =>
      `- ${model}, round ${round}${claim === null ? '' : `, ${claim}`}: ${from} → ${to}. ${reason}`,
  )
  return lines.length === 0 ? [] : [mark('CHANGES', lines.join('\n'))]
}
