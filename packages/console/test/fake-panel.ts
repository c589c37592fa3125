import { Panel, type CalibrationPoint, type PanelMember, type Reliability } from '@concord/contracts/panel'

const fair: CalibrationPoint[] = [
  { stated: 0.55, correct: 0.6, items: 15 },
  { stated: 0.65, correct: 0.62, items: 21 },
  { stated: 0.75, correct: 0.79, items: 48 },
  { stated: 0.86, correct: 0.88, items: 103 },
  { stated: 0.97, correct: 0.96, items: 225 },
]

const sure: CalibrationPoint[] = [
  { stated: 0.72, correct: 0.5, items: 8 },
  { stated: 0.85, correct: 0.71, items: 31 },
  { stated: 0.98, correct: 0.93, items: 166 },
]

/** Four emulated models of which three are measured, one that is down and one that nobody has set up. */
export const fakePanel = Panel.parse({
  data: [
    aMember('gpt5', 'openai', 'sandbox', {
      provider_model: 'gpt-5-2025-08-07',
      reliability: [
        aReliability('overall', { mean: 0.91, low: 0.88, high: 0.93, graded_items: 412, calibration: fair }),
        aReliability('mathematics', { mean: 0.94, low: 0.9, high: 0.97, graded_items: 160 }),
        aReliability('general', { mean: 0.9, low: 0.85, high: 0.94, graded_items: 131 }),
        aReliability('science', { mean: 0.89, low: 0.83, high: 0.93, graded_items: 97 }),
        aReliability('law', { mean: 0.76, low: 0.62, high: 0.88, graded_items: 24 }),
      ],
    }),
    aMember('claude', 'anthropic', 'sandbox', {
      provider_model: 'claude-sonnet-4-20250514',
      reliability: [
        aReliability('overall', { mean: 0.88, low: 0.84, high: 0.92, graded_items: 205, calibration: sure }),
        aReliability('code', { mean: 0.92, low: 0.86, high: 0.96, graded_items: 84 }),
        aReliability('language', { mean: 0.87, low: 0.81, high: 0.92, graded_items: 121 }),
      ],
    }),
    aMember('gemini', 'google', 'sandbox', {
      reliability: [aReliability('overall', { mean: 0.71, low: 0.58, high: 0.82, graded_items: 30 })],
    }),
    aMember('grok', 'xai', 'sandbox', { reliability: [aReliability('overall', { graded_items: 12 })] }),
    aMember('mistral', 'mistral', 'down', { latency_ms: { p50: null, p95: null } }),
    aMember('local', 'llama.cpp', 'unconfigured', {
      prices: { input_usd_per_million_tokens: 0, output_usd_per_million_tokens: 0 },
    }),
  ],
})

export function aReliability(domain: Reliability['domain'], o: Partial<Reliability> = {}): Reliability {
  return { domain, mean: 0.67, low: 0.36, high: 0.92, graded_items: 0, calibration: [], ...o }
}

function aMember(
  name: string,
  provider: string,
  state: PanelMember['state'],
  o: Partial<PanelMember> = {},
): PanelMember {
  return {
    name,
    provider,
    provider_model: name,
    family: provider,
    state,
    latency_ms: { p50: 1_800, p95: 4_200 },
    prices: { input_usd_per_million_tokens: 1.25, output_usd_per_million_tokens: 10 },
    limits: { context_tokens: 200_000, max_output_tokens: 16_000 },
    reliability: [],
    ...o,
  }
}
