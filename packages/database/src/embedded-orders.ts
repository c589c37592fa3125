/** What the parent asks of the embedded engine's process, once, over its channel. */
export type ServeOrder = { kind: 'serve'; folder: string | undefined; seed: string; password: string }
export type CreateOrder = { kind: 'create'; folder: string; seed: string }
export type Order = ServeOrder | CreateOrder | { kind: 'seed'; path: string }
export type Answer = { kind: 'ready'; port: number } | { kind: 'done' } | { kind: 'failed'; message: string }

export function parseOrder(value: unknown): Order {
  const fields = fieldsOf(value)
  const { kind, folder, seed, password, path } = fields
  if (kind === 'seed' && typeof path === 'string') return { kind, path }
  if (kind === 'create' && typeof folder === 'string' && typeof seed === 'string') return { kind, folder, seed }
  if (kind === 'serve' && typeof seed === 'string' && typeof password === 'string')
    return { kind, seed, password, folder: typeof folder === 'string' ? folder : undefined }
  throw new TypeError('not an order to the embedded database')
}

export function parseAnswer(value: unknown): Answer {
  const { kind, port, message } = fieldsOf(value)
  if (kind === 'ready' && typeof port === 'number') return { kind, port }
  if (kind === 'done') return { kind }
  return {
    kind: 'failed',
    message: typeof message === 'string' ? message : 'the embedded database said something unknown',
  }
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
