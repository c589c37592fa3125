/** A container's health check without curl: ends with 0 when the service is alive and reaches what it stands on. */
const address = `http://127.0.0.1:${process.env.PORT ?? 8080}${process.argv[2] ?? '/ready'}`
const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
