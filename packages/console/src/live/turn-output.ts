/** What a stored turn says, as far as it is there: outputs are the models' own and are trusted in nothing. */
export type TurnOutput = {
  reasoning: string[]
  reason: string | undefined
  errorQuoted: string | undefined
  final: string | undefined
  claims: string[]
  votes: { claim: string; vote: 'agree' | 'disagree' | 'abstain'; reason: string; confidence: number | null }[]
}

export function readTurnOutput(output: unknown): TurnOutput {
  const fields = isRecord(output) ? output : {}
  return {
    reasoning: list(fields['reasoning']).flatMap(textOnly),
    reason: textOf(fields['reason']),
    errorQuoted: textOf(fields['error_quoted']),
    final: textOf(fields['final']),
    claims: list(fields['claims']).flatMap((claim) => (isRecord(claim) ? textOnly(claim['text']) : [])),
    votes: list(fields['votes']).flatMap(readVote),
  }
}

function readVote(value: unknown): TurnOutput['votes'] {
  if (!isRecord(value)) return []
  const { claim, vote, reason, confidence } = value
  if (typeof claim !== 'string') return []
  if (vote !== 'agree' && vote !== 'disagree' && vote !== 'abstain') return []
  return [{ claim, vote, reason: textOf(reason) ?? '', confidence: typeof confidence === 'number' ? confidence : null }]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

function textOnly(value: unknown): string[] {
  const text = textOf(value)
  return text === undefined ? [] : [text]
}
