/** Of Node's sockets: nobody there, or gone amid a call. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** SQLSTATE of a connection that failed (class 08), a server that ends or starts (57P01 to 57P03) or takes no more (53300). */
const sqlStates = /^(08...|57P0[123]|53300)$/

/** What pg and ioredis say of a connection in errors that have no code. */
const sentences = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect$/,
  /^Query read timeout$/,
  /^Client has encountered a connection error and is not queryable$/,
  /^Command timed out$/,
  /^Connection is closed\.$/,
  /^Reached the max retries per request limit/,
]

const deepest = 8

/** Whether an error tells that a database, key-value store or broker cannot be reached: its own, or what caused it. */
export function isOutage(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < deepest && current instanceof Error; depth += 1) {
    const code = 'code' in current && typeof current.code === 'string' ? current.code : ''
    const { message } = current
    if (socketCodes.has(code) || sqlStates.test(code) || sentences.some((said) => said.test(message))) return true
    current = current instanceof AggregateError ? current.errors[0] : current.cause
  }
  return false
}
