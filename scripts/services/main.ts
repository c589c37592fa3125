import { readOptions } from './options.ts'
import { onStop } from '../../packages/mesh/src/stop-signals.ts'
import { toSentence } from '../../packages/mesh/src/plain-error.ts'
import { startFleet } from './fleet.ts'

/** Runs every service in processes of its own, on real servers, until a signal. Nothing that ends is started again: who wants that has an orchestrator. */
const stopping = new AbortController()
onStop(() => stopping.abort())

try {
  const fleet = await startFleet(readOptions(process.argv.slice(2), process.env), (line) => console.log(line))
  if (!stopping.signal.aborted) {
    console.log(`Concord is ready at ${fleet.url}`)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }))
  }
  await fleet.stop()
  process.exit(0)
} catch (error) {
  const sentence = toSentence(error)
  if (sentence === undefined) throw error
  console.error(sentence)
  process.exit(1)
}
