import type { Reliability } from '@concord/contracts/panel'
import { count, percent, percentRange } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { IntervalBar } from './interval-bar.tsx'
import { enoughItems, type TrackRecord } from './track-record.ts'

/** How often a model was right, overall and by domain; or how much is missing until that counts. */
export function ModelRecord({ model, record }: { model: string; record: TrackRecord }) {
  if (!record.overall || !record.isMeasured) return <Unmeasured gradedItems={record.gradedItems} />
  const { mean, low, high, graded_items: items } = record.overall
  return (
    <div class="record">
      <p class="record-figure">{t.value.measuredRight(percent(mean))}</p>
      <IntervalBar mean={mean} low={low} high={high} />
      <p class="quiet">
        {t.value.interval(percentRange(low, high))} · {t.value.gradedAnswers(items, count(items))}
      </p>
      {record.domains.length > 0 && <DomainTable model={model} domains={record.domains} />}
    </div>
  )
}

function Unmeasured({ gradedItems }: { gradedItems: number }) {
  const graded = t.value.gradedOfEnough(count(gradedItems), count(enoughItems))
  return (
    <div class="record">
      <p>{t.value.notMeasured(count(enoughItems))}</p>
      <div
        class="bar"
        role="meter"
        aria-label={t.value.gradedSoFar}
        aria-valuemin={0}
        aria-valuemax={enoughItems}
        aria-valuenow={gradedItems}
        aria-valuetext={graded}
      >
        <span class="bar-fill bar-fill-soft" style={{ width: `${(gradedItems / enoughItems) * 100}%` }} />
      </div>
      <p class="quiet" aria-hidden="true">
        {t.value.labelled(t.value.gradedSoFar, graded)}
      </p>
    </div>
  )
}

function DomainTable({ model, domains }: { model: string; domains: readonly Reliability[] }) {
  const isSomeBorrowed = domains.some(isBorrowed)
  return (
    <>
      <table class="record-table record-domains">
        <caption class="only-heard">{t.value.labelled(t.value.recordOf(model), t.value.byDomain)}</caption>
        <thead>
          <tr>
            <th scope="col">{t.value.domain}</th>
            <th scope="col">{t.value.right}</th>
            <th scope="col">{t.value.graded}</th>
          </tr>
        </thead>
        <tbody>
          {domains.map((reliability) => (
            <DomainRow key={reliability.domain} reliability={reliability} />
          ))}
        </tbody>
      </table>
      {isSomeBorrowed && <p class="quiet">{t.value.borrowed(count(enoughItems))}</p>}
    </>
  )
}

function DomainRow({ reliability }: { reliability: Reliability }) {
  const { domain, mean, low, high, graded_items: items } = reliability
  return (
    <tr class={isBorrowed(reliability) ? 'record-borrowed' : ''}>
      <th scope="row">{t.value.domainName(domain)}</th>
      <td>
        <span class="record-share">
          {percent(mean)} <span class="quiet">({percentRange(low, high)})</span>
        </span>
        <IntervalBar mean={mean} low={low} high={high} />
      </td>
      <td>{isBorrowed(reliability) ? t.value.gradedOfEnough(count(items), count(enoughItems)) : count(items)}</td>
    </tr>
  )
}

function isBorrowed({ graded_items: items }: Reliability): boolean {
  return items < enoughItems
}
