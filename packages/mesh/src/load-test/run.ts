import { setTimeout as sleep } from 'node:timers/promises'
import { PlainError } from '../plain-error.ts'
import type { Accounts } from './accounts.ts'
import type { Client } from './client.ts'
import { follow } from './follow.ts'
import { questionAt } from './questions.ts'
import type { Mix } from './questions.ts'
import { submit } from './submit.ts'
import type { Tally } from './tally.ts'

export type Load = {
  /** No more than this many, and none after `untilMs` (of `Date.now`), whichever comes first. */
  queries: number
  untilMs: number
  concurrency: number
  mix: Mix
  deadlineS: number
  /** Sent with every question. */
  settings: object
  /** Beyond its deadline by this much a query counts as stuck. */
  stuckAfterMs: number
  /** How long what is under way is waited for once the run is stopped. */
  graceMs: number
}

/** After so many refusals with nothing accepted there is nothing to be measured. */
const hopeless = 5

/**
 * Asks, each lane its next question when the one before has ended. Ends when all were asked and have ended, or a few seconds after
 * `stopped`. Resolves with why it ended early, where it did. Rejects with a PlainError when nothing at all can be asked.
 */
export async function runLoad(
  o: { client: Client; accounts: Accounts; load: Load; tally: Tally },
  stopped: AbortSignal,
): Promise<string | undefined> {
  const { load, tally } = o
  const giveUp = new AbortController()
  const onStop = (): void => void sleep(load.graceMs, undefined, { ref: false }).then(() => giveUp.abort())
  if (stopped.aborted) onStop()
  else stopped.addEventListener('abort', onStop, { once: true })
  let next = 0
  let early: string | undefined

  const goesOn = (): boolean =>
    early === undefined && !stopped.aborted && next < load.queries && Date.now() < load.untilMs
  const lane = async (): Promise<void> => {
    while (goesOn()) {
      const index = next++
      await askOne(o, index, { stopped, giveUp: giveUp.signal }).catch((error: unknown) => {
        if (!(error instanceof PlainError)) throw error
        early ??= error.message
      })
      const { accepted, refused, unanswered } = tally.counts
      if (accepted === 0 && refused + unanswered >= hopeless)
        early ??= `Nothing is accepted: ${[...tally.refusals.keys()][0] ?? 'there is no answer'}.`
    }
  }
  await Promise.all(Array.from({ length: load.concurrency }, lane))
  if (early !== undefined && tally.counts.accepted === 0) throw new PlainError(early)
  return stopped.aborted ? 'stopped' : early
}

async function askOne(
  { client, accounts, load, tally }: { client: Client; accounts: Accounts; load: Load; tally: Tally },
  index: number,
  signals: { stopped: AbortSignal; giveUp: AbortSignal },
): Promise<void> {
  const body = { ...questionAt(index, load.mix), deadline_s: load.deadlineS, ...load.settings }
  for (;;) {
    const account = await accounts.take()
    const from = performance.now()
    const outcome = await submit(client, account, body, signals.stopped)
    tally.submission(outcome)
    if (outcome.state === 'spent' && !signals.stopped.aborted) continue
    if (outcome.state !== 'accepted') return
    const giveUpAt = Date.now() + load.deadlineS * 1_000 + load.stuckAfterMs
    const { queryId } = outcome
    const end = await follow(client, { queryId, account, giveUpAt, stop: signals.giveUp })
    tally.ending(queryId, end, performance.now() - from)
    return
  }
}
