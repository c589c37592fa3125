import type { Vote } from '@concord/contracts/queries'
import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { SupportBar } from '../page/support-bar.tsx'
import type { StandingClaim, StandingVote } from './standing.ts'

/** Each claim with its support, what became of it, and who voted how and why. */
export function Claims({ claims, threshold }: { claims: readonly StandingClaim[]; threshold: number }) {
  return (
    <ol class="claims">
      {claims.map((claim) => (
        <li key={claim.id} id={`claim-${claim.id}`} class={`claim claim-${claim.verdict}`} tabIndex={-1}>
          <span class="claim-id" aria-hidden="true">
            {claim.id}
          </span>
          <p class="claim-text" dir="auto">
            {claim.text}
          </p>
          <p class="claim-verdict">
            <span class="verdict">{verdictText(claim.verdict)}</span> <span>{percent(claim.support)}</span>
          </p>
          <SupportBar label={t.value.supportOf(claim.id)} share={claim.support} marks={[1 - threshold, threshold]} />
          {claim.votes.length > 0 && <Votes claim={claim.id} votes={claim.votes} />}
        </li>
      ))}
    </ol>
  )
}

/** Brings a claim to sight that a text refers to. */
export function showClaim(id: string): void {
  const element = document.getElementById(`claim-${id}`)
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}

function Votes({ claim, votes }: { claim: string; votes: readonly StandingVote[] }) {
  const reasons = votes.filter(({ reason }) => reason.trim() !== '')
  return (
    <div class="claim-votes">
      <ul class="tokens" aria-label={t.value.votesOn(claim)}>
        {votes.map(({ model, vote }) => (
          <li key={model} class={`token vote-${vote}`}>
            <span aria-hidden="true">{voteSigns[vote]}</span> {model} <span class="only-heard">{voteText(vote)}</span>
          </li>
        ))}
      </ul>
      {reasons.length > 0 && (
        <details class="reasons">
          <summary>{t.value.reasons(reasons.length)}</summary>
          <dl>
            {reasons.map(({ model, vote, reason, changedInRound }) => (
              <div key={model}>
                <dt>
                  {model} {voteText(vote)}
                  {changedInRound !== null && <span class="quiet">, {t.value.changedInRound(changedInRound)}</span>}
                </dt>
                <dd dir="auto">{reason}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  )
}

const voteSigns: Record<Vote, string> = { agree: '✓', disagree: '✕', abstain: '–' }

function voteText(vote: Vote): string {
  const texts: Record<Vote, string> = {
    agree: t.value.voteAgree,
    disagree: t.value.voteDisagree,
    abstain: t.value.voteAbstain,
  }
  return texts[vote]
}

function verdictText(verdict: StandingClaim['verdict']): string {
  const texts: Record<StandingClaim['verdict'], string> = {
    accepted: t.value.verdictAccepted,
    contested: t.value.verdictContested,
    rejected: t.value.verdictRejected,
  }
  return texts[verdict]
}
