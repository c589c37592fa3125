import type { PanelModel } from '@concord/contracts/panel'
import type { ModelKey } from './ports.ts'

/** One text for one record. */
export function keyText({ model, providerModel, sandbox }: ModelKey): string {
  return `${sandbox ? 'sandbox' : 'real'} ${model} ${providerModel}`
}

export function keyOf({ name, provider_model: providerModel, state }: PanelModel): ModelKey {
  return { model: name, providerModel, sandbox: state === 'sandbox' }
}

export function isSameModel(a: ModelKey, b: ModelKey): boolean {
  return a.model === b.model && a.providerModel === b.providerModel && a.sandbox === b.sandbox
}

/** As confidences are counted: in whole per cent. */
export function inPerCent(confidence: number | null): number | null {
  return confidence === null ? null : Math.round(Math.min(1, Math.max(0, confidence)) * 100)
}
