import { ModelList } from '@concord/contracts/panel'
import type { PanelModel } from '@concord/contracts/panel'
import { serviceClient, serviceTokens } from '@concord/service-kit/service-client'

export type ModelState = Pick<PanelModel, 'name' | 'provider' | 'state'>

const providers = ['OPENAI', 'ANTHROPIC', 'GEMINI', 'XAI']

/** The names of the providers' keys that are set where this command runs; never a value. */
export function keysSet(environment: NodeJS.ProcessEnv): string[] {
  return providers
    .map((provider) => `${provider}_API_KEY`)
    .filter((name) => environment[name] || environment[`${name}_FILE`])
}

/** The models as ai-inference sees them, asked in the gateway's name. */
export async function modelStates(o: {
  authUrl: string
  inferenceUrl: string
  clientSecret: string
}): Promise<ModelState[]> {
  const tokens = serviceTokens({ authUrl: o.authUrl, clientId: 'gateway', clientSecret: o.clientSecret })
  const inference = serviceClient({ baseUrl: o.inferenceUrl, tokens: () => tokens.token() })
  try {
    const { data } = await inference.call({ path: '/internal/models', answer: ModelList })
    return data.map(({ name, provider, state }) => ({ name, provider, state }))
  } finally {
    await Promise.all([tokens.close(), inference.close()])
  }
}
