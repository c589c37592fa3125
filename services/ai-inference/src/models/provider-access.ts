import type { Config } from '../config.ts'
import type { Provider } from './catalogue.ts'

/** How a provider is reached: with the operator's key, or as an emulator that takes any key of the right prefix. */
export type ProviderAccess = { apiKey: string; baseUrl: string; sandbox: boolean }

/** Undefined for a provider that has neither a key nor, outside production, an emulator. */
export function providerAccess(config: Config, provider: Provider): ProviderAccess | undefined {
  const { apiKey, baseUrl, emulatorUrl, emulatorKey } = settingsOf(config, provider)
  if (apiKey) return { apiKey, baseUrl, sandbox: false }
  if (config.NODE_ENV === 'production' || !emulatorUrl) return undefined
  return { apiKey: emulatorKey, baseUrl: emulatorUrl, sandbox: true }
}

export function concurrencyOf(config: Config, provider: Provider): number {
  return {
    openai: config.OPENAI_CONCURRENCY,
    anthropic: config.ANTHROPIC_CONCURRENCY,
    gemini: config.GEMINI_CONCURRENCY,
    xai: config.XAI_CONCURRENCY,
  }[provider]
}

function settingsOf(config: Config, provider: Provider) {
  return {
    openai: {
      apiKey: config.OPENAI_API_KEY,
      baseUrl: config.OPENAI_BASE_URL,
      emulatorUrl: config.EMULATOR_URL_OPENAI,
      emulatorKey: 'sk-emulator',
    },
    anthropic: {
      apiKey: config.ANTHROPIC_API_KEY,
      baseUrl: config.ANTHROPIC_BASE_URL,
      emulatorUrl: config.EMULATOR_URL_ANTHROPIC,
      emulatorKey: 'sk-ant-emulator',
    },
    gemini: {
      apiKey: config.GEMINI_API_KEY,
      baseUrl: config.GEMINI_BASE_URL,
      emulatorUrl: config.EMULATOR_URL_GEMINI,
      emulatorKey: 'AIza-emulator',
    },
    xai: {
      apiKey: config.XAI_API_KEY,
      baseUrl: config.XAI_BASE_URL,
      emulatorUrl: config.EMULATOR_URL_XAI,
      emulatorKey: 'xai-emulator',
    },
  }[provider]
}
