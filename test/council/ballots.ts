/** What an answer's text comes to, read apart from the product: its last boxed or stated final answer, else its last number where one was asked for. */
export function readBallot(text: string, kind: 'number' | 'letter'): string | undefined {
  const boxed = [...text.matchAll(/\\boxed\{([^{}]*)\}/g)].at(-1)?.[1]
  const stated = [...text.matchAll(/final answer[^A-Za-z0-9$\\-]*(.{1,80})/gi)].at(-1)?.[1]
  const bare = (boxed ?? stated ?? '').replaceAll(/[*$`,\\()[\]]/g, '').trim()
  if (kind === 'letter') return /^[A-J]\b/.exec(bare)?.[0]
  return /^-?\d+(\.\d+)?/.exec(bare)?.[0] ?? lastNumber(text)
}

function lastNumber(text: string): string | undefined {
  return [...text.matchAll(/-?\d[\d,]*(\.\d+)?/g)].at(-1)?.[0].replaceAll(',', '')
}

/** The answers that most ballots name: one, or those that are even. */
export function mostVoted(ballots: readonly (string | undefined)[]): string[] {
  const counts = new Map<string, number>()
  for (const ballot of ballots) if (ballot !== undefined) counts.set(ballot, (counts.get(ballot) ?? 0) + 1)
  const most = Math.max(0, ...counts.values())
  return [...counts].filter(([, count]) => count === most).map(([answer]) => answer)
}
