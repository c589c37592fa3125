import { loadConfig } from '@concord/service-kit/config'
import { startMesh } from './mesh.ts'
import { toSentence } from './plain-error.ts'
import { MeshConfig } from './settings.ts'
import { onStop } from './stop-signals.ts'
import { failure, progress, ready } from './terminal.ts'

const stopWithinMs = 9_000

/** Runs the mesh until it is asked to stop: then with status 0, in less than ten seconds. */
export async function up(): Promise<void> {
  const stopped = Promise.withResolvers<number>()
  onStop(() => stopped.resolve(0))
  const onCrash = (reason: string) => {
    failure(reason)
    stopped.resolve(1)
  }
  const config = loadConfig(MeshConfig, process.env)
  const starting = startMesh({ config, environment: process.env, progress, onCrash })
  const first = await Promise.race([starting.then(() => 'ready' as const, fail), stopped.promise])
  if (first === 'failed') return end(1)
  if (first === 'ready') ready(await starting)

  const status = await stopped.promise
  setTimeout(() => process.exit(status), stopWithinMs).unref()
  await starting.then((mesh) => mesh.close())
  end(status)
}

function fail(error: unknown): 'failed' {
  const sentence = toSentence(error)
  if (sentence === undefined) throw error
  failure(sentence)
  return 'failed'
}

/** Whatever handle a library has left open must not keep a stopped mesh alive. */
function end(status: number): void {
  process.exit(status)
}
