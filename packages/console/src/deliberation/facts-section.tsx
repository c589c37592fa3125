import type { QueryResults } from '@concord/contracts/queries'
import { count, dateAndTime, dollars, duration, listed } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'

type Ended = Exclude<QueryResults, { status: 'processing' }>

export function FactsSection({ results, models }: { results: Ended; models: readonly string[] }) {
  const { metadata } = results
  return (
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">{t.value.factsTitle}</h2>
      <dl>
        <Fact name={t.value.factTime} value={duration(metadata.processing_time, { tenths: true })} />
        {results.status === 'completed' && (
          <Fact name={t.value.factRounds} value={count(results.consensus.rounds_used)} />
        )}
        <Fact name={t.value.factCost} value={dollars(metadata.cost_usd)} />
        <Fact
          name={t.value.factTokens}
          value={t.value.tokensInOut(count(metadata.tokens.input), count(metadata.tokens.output))}
        />
        <Fact name={t.value.factAskedOf} value={listed(models)} />
        <Fact name={t.value.factAsked} value={dateAndTime(metadata.created_at)} />
      </dl>
      <button type="button" class="button" onClick={() => download(results)}>
        {t.value.downloadJson}
      </button>
    </section>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function download(results: Ended): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(results, undefined, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${results.query_id}.json`
  link.click()
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
