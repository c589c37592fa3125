import { PanelModel, Reliability } from '@concord/contracts/panel'
import { z } from 'zod'
import { aTool } from './tool.ts'
import { percent } from './untrusted.ts'

const { calibration: _curve, ...measured } = Reliability.shape

const member = z.object({
  ...PanelModel.shape,
  reliability: z
    .array(z.object(measured))
    .describe('Measured share of right answers with a 90 % interval, overall and by domain.'),
})
type Member = z.output<typeof member>

export const listPanelTool = aTool({
  name: 'list_panel',
  title: 'List the council’s models',
  description:
    'The models that ask_council can ask: name, maker, state (ok, degraded, down, unconfigured, sandbox for an emulated one), latency, prices in US dollars per million tokens, and how reliable each has been measured to be, by domain. Free of charge.',
  annotations: { readOnlyHint: true, openWorldHint: false },
  input: z.strictObject({}),
  output: z.object({ models: z.array(member) }),
  scopes: ['panel:read'],
  async run({ council }, _input, { caller: { token } }) {
    const { data } = await council.panel({ token })
    const models = data.map((model) => ({
      ...model,
      reliability: model.reliability.map(({ calibration: _its, ...figures }) => figures),
    }))
    return { structured: { models }, text: models.map(toLine).join('\n') }
  },
})

function toLine({ name, provider, provider_model: model, state, latency_ms: latency, prices, reliability }: Member) {
  const overall = reliability.find(({ domain }) => domain === 'overall')
  const graded = overall && overall.graded_items > 0
  const figures = graded
    ? `right ${percent(overall.mean)} of the time (${percent(overall.low)}–${percent(overall.high)}, ${overall.graded_items} graded answers)`
    : 'not measured yet'
  const speed = latency.p50 === null ? 'no latency yet' : `${latency.p50} ms at the median`
  const { input_usd_per_million_tokens: input, output_usd_per_million_tokens: output } = prices
  return `- ${name}: ${provider} ${model}, ${state}; ${figures}; ${speed}; $${input} in, $${output} out per million tokens`
}
