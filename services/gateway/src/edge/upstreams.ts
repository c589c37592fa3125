/** A service of the mesh and the public paths it serves. What is not listed here does not exist outside. */
export type Upstream = { name: string; url: string; paths: readonly string[] }

type Addresses = { AUTH_URL: string; ORCHESTRATOR_URL: string; INFERENCE_URL: string }

const base = '/api/v1'

export function upstreamsOf({ AUTH_URL, ORCHESTRATOR_URL, INFERENCE_URL }: Addresses): Upstream[] {
  return [
    {
      name: 'auth',
      url: AUTH_URL,
      paths: [
        ...['register', 'login', 'refresh', 'me', 'logout', 'token', 'api-keys', 'api-keys/:id'].map(
          (path) => `${base}/auth/${path}`,
        ),
        `${base}/admin/users/:id/role`,
        `${base}/admin/users/:id/plan`,
        '/.well-known/jwks.json',
      ],
    },
    {
      name: 'consensus-orchestrator',
      url: ORCHESTRATOR_URL,
      paths: [
        'queries',
        'queries/submit',
        'queries/:id',
        'queries/:id/results',
        'queries/:id/cancel',
        'queries/:id/feedback',
        'user/stats',
        'panel',
      ].map((path) => `${base}/${path}`),
    },
    { name: 'ai-inference', url: INFERENCE_URL, paths: [] },
  ]
}
