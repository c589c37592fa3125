import type { PanelMember } from '@concord/contracts/panel'
import type { ComponentChildren } from 'preact'
import { dollars, duration } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { Calibration } from './calibration-chart.tsx'
import { ModelRecord } from './model-record.tsx'
import { stateText } from './state-text.ts'
import { trackRecordOf } from './track-record.ts'

/** One model: what it is and how it does today, how often it was right, and whether it can be taken at its word. */
export function ModelEntry({ member }: { member: PanelMember }) {
  const record = trackRecordOf(member)
  const title = `model-${member.name}`
  return (
    <article class="model" aria-labelledby={title}>
      <div class="model-name">
        <h2 id={title}>{member.name}</h2>
        <p class={`model-state seat-${member.state}`}>
          <span class="seat-state">{stateText(member.state)}</span>
        </p>
      </div>
      <dl class="model-facts">
        <Fact name={t.value.provider}>
          {member.provider}
          {member.provider_model !== member.name && <span class="quiet"> {member.provider_model}</span>}
        </Fact>
        <Fact name={t.value.answersIn}>{latencyText(member)}</Fact>
        <Fact name={t.value.prices}>{pricesText(member)}</Fact>
      </dl>
      <ModelRecord model={member.name} record={record} />
      {record.isMeasured && record.overall && (
        <Calibration model={member.name} calibration={record.overall.calibration} />
      )}
    </article>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function latencyText({ latency_ms: { p50, p95 } }: PanelMember): string {
  if (p50 === null || p95 === null) return t.value.notKnownYet
  return t.value.latency(duration(p50, { tenths: true }), duration(p95, { tenths: true }))
}

function pricesText({ prices }: PanelMember): string {
  return t.value.pricesInOut(
    dollars(prices.input_usd_per_million_tokens),
    dollars(prices.output_usd_per_million_tokens),
  )
}
