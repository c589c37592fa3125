import { removeLeftovers } from './leftovers.ts'
import { MissingServersError, resolveServers, type ResolvedServers } from './servers.ts'

/**
 * Holds the servers of one test run in a process of its own. When the run ends, crashes or is killed, the channel to
 * it closes, and everything is stopped and removed here.
 */
let resolved: ResolvedServers | undefined
let phase: 'starting' | 'holding' | 'ending' = 'starting'

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.once('disconnect', () => void end())

try {
  resolved = await resolveServers(process.env, (line) => tell({ line }))
  tell({ urls: resolved.urls })
} catch (error) {
  tell({
    failure:
      error instanceof MissingServersError ? error.message : String(error instanceof Error ? error.stack : error),
  })
}
phase = 'holding'
if (!process.connected) await end()

async function end(): Promise<void> {
  // A run that ends while its servers still start is ended by the line above.
  if (phase !== 'holding') return
  phase = 'ending'
  if (resolved) {
    await removeLeftovers(resolved.urls).catch(() => {})
    await resolved.stop()
  }
  process.exit(0)
}

function tell(message: { line: string } | { urls: ResolvedServers['urls'] } | { failure: string }): void {
  if (process.connected) process.send?.(message)
}
