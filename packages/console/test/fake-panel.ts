import { Panel, type PanelMember } from '@concord/contracts/panel'

/** Four emulated models, one that is down and one that nobody has set up. */
export const fakePanel = Panel.parse({
  data: [
    aMember('gpt5', 'openai', 'sandbox'),
    aMember('claude', 'anthropic', 'sandbox'),
    aMember('gemini', 'google', 'sandbox'),
    aMember('grok', 'xai', 'sandbox'),
    aMember('mistral', 'mistral', 'down'),
    aMember('local', 'llama.cpp', 'unconfigured'),
  ],
})

function aMember(name: string, provider: string, state: PanelMember['state']): PanelMember {
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
  }
}
