import { setTimeout as sleep } from 'node:timers/promises'
import { checkSettings } from './check-settings.ts'
import { startMesh } from './mesh.ts'
import { toSentence } from './plain-error.ts'
import { onStop } from './stop-signals.ts'
import { failure, progress, ready } from './terminal.ts'

const stopWithinMs = 9_000
const stopComesWithinMs = 250

/** Runs the mesh until it is asked to stop: then with status 0, in less than ten seconds. */
export async function up(): Promise<void> {
  const stopped = Promise.withResolvers<number>()
  onStop(() => stopped.resolve(0))
  const onCrash = (reason: string) => {
    failure(reason)
    stopped.resolve(1)
  }
  const config = checkSettings(process.env)
  const starting = startMesh({ config, environment: process.env, progress, onCrash }).then(
    (mesh) => ({ mesh }),
    (error: unknown) => ({ error }),
  )
  const first = await Promise.race([starting, stopped.promise])
  if (typeof first === 'object' && 'error' in first) return fail(first.error, stopped.promise)
  if (typeof first === 'object') ready(first.mesh)

  const status = await stopped.promise
  setTimeout(() => process.exit(status), stopWithinMs).unref()
  const outcome = await starting
  if ('mesh' in outcome) await outcome.mesh.close()
  end(status)
}

/** A terminal's Ctrl-C reaches the processes that a start starts, too: what then fails is no failure when the stop itself comes. */
async function fail(error: unknown, stop: Promise<number>): Promise<void> {
  const status = await Promise.race([stop, sleep(stopComesWithinMs, undefined)])
  if (status !== undefined) return end(status)
  const sentence = toSentence(error)
  if (sentence === undefined) throw error
  failure(sentence)
  end(1)
}

/** Whatever handle a library has left open must not keep a stopped mesh alive. */
function end(status: number): void {
  process.exit(status)
}
