import { freePort, spawnNode } from './node-process.ts'
import { patienceMs } from './patience.ts'

export type EmulatorsProcess = {
  url: string
  /** Settings by which ai-inference takes these providers for its own. */
  settings: Record<string, string>
  close(): Promise<void>
}

/** The emulated providers in a process of their own, so that they outlive a mesh that is killed. */
export async function startEmulatorsProcess(
  environment: Readonly<Record<string, string>> = {},
): Promise<EmulatorsProcess> {
  const port = await freePort()
  const child = spawnNode({
    args: ['--conditions=@concord/source', 'packages/emulators/src/main.ts'],
    environment: { EMULATOR_PACE: 'instant', ...environment, PORT: String(port) },
  })
  const url = `http://127.0.0.1:${port}`
  await untilAnswering(`${url}/__control/faults`, child)
  const settings = Object.fromEntries(
    ['openai', 'anthropic', 'gemini', 'xai'].map((name) => [`EMULATOR_URL_${name.toUpperCase()}`, `${url}/${name}`]),
  )
  return { url, settings, close: () => child.kill() }
}

/** Polls an address until it answers at all. */
export async function untilAnswering(
  address: string,
  child: { exited: Promise<unknown>; stdout(): string; stderr(): string },
  withinMs = patienceMs,
): Promise<void> {
  let gone = false
  void child.exited.then(() => (gone = true))
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    const response = await fetch(address).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok) return
    if (gone || Date.now() > giveUpAt)
      throw new Error(`${address} does not answer:\n${child.stdout()}${child.stderr()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
