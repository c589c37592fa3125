type Log = (details: object, message: string) => void

/** What this package needs of a logger; a pino logger is one. */
export type Logger = { debug: Log; info: Log; warn: Log; error: Log }
