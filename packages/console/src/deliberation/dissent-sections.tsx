import type { Consensus } from '@concord/contracts/queries'
import { listed } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { Prose } from '../page/prose.tsx'

export function ChangesSection({ changes }: { changes: Consensus['changes'] }) {
  if (changes.length === 0) return null
  return (
    <section class="changes" aria-labelledby="changes-title">
      <h2 id="changes-title">{t.value.changesTitle}</h2>
      <ul>
        {changes.map((change, index) => (
          <li key={index} class="change">
            <p class="change-what">
              <strong>{change.model}</strong> {t.value.changedFrom(valueText(change.from), valueText(change.to))}{' '}
              <span class="quiet">
                {change.claim ? t.value.changeOn(change.claim, change.round) : t.value.changeIn(change.round)}
              </span>
            </p>
            {change.error_quoted ? (
              <figure class="quoted">
                <figcaption>{t.value.errorFound}</figcaption>
                <blockquote dir="auto">{change.error_quoted}</blockquote>
              </figure>
            ) : (
              <p class="quiet">{t.value.noErrorQuoted}</p>
            )}
            <Prose text={change.reason} />
          </li>
        ))}
      </ul>
    </section>
  )
}

export function MinoritySection({ report }: { report: Consensus['minority_report'] }) {
  if (report.length === 0) return null
  return (
    <section class="minority" aria-labelledby="minority-title">
      <h2 id="minority-title">{t.value.minorityTitle}</h2>
      {report.map(({ models, position, argument }, index) => (
        <article key={index} class="dissent">
          <h3 dir="auto">{position}</h3>
          <p class="quiet">{listed(models)}</p>
          <Prose text={argument} />
        </article>
      ))}
    </section>
  )
}

/** On a claim the change is between votes, whose names are the API's. */
function valueText(value: string): string {
  const texts: Record<string, string> = {
    agree: t.value.inQuotes(t.value.voteAgree),
    disagree: t.value.inQuotes(t.value.voteDisagree),
    abstain: t.value.inQuotes(t.value.voteAbstain),
  }
  return texts[value] ?? value
}
