import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { checkSettings } from './check-settings.ts'
import { helpWith } from './command-line.ts'
import { startMesh } from './mesh.ts'
import { onStop } from './stop-signals.ts'
import { answer, failure, note, progress, ready } from './terminal.ts'

const stopWithinMs = 9_000
const stopComesWithinMs = 250

export function addUpCommand(program: Command): void {
  program
    .command('up', { isDefault: true })
    .description('run all services in this process, until Ctrl-C (what `concord` alone does)')
    .option('--json', 'tell the address as JSON once it is ready')
    .addHelpText(
      'after',
      helpWith({
        examples: ['concord up', 'PORT=9000 concord up', 'concord up --json | head -1'],
        settings: [
          'all of .env.example; none is needed',
          'CONCORD_DATA_DIR   where it keeps its database, log and secrets',
        ],
      }),
    )
    .action(up)
}

/** Runs the mesh until it is asked to stop: then with status 0, in less than ten seconds. */
async function up(options: { json?: boolean }): Promise<void> {
  const stopped = Promise.withResolvers<number>()
  onStop(() => stopped.resolve(0))
  const onCrash = (reason: string) => {
    failure(reason)
    stopped.resolve(1)
  }
  const config = checkSettings(process.env)
  const starting = startMesh({
    config,
    environment: process.env,
    progress: options.json ? note : progress,
    onCrash,
  }).then(
    (mesh) => ({ mesh }),
    (error: unknown) => ({ error }),
  )
  const first = await Promise.race([starting, stopped.promise])
  if (typeof first === 'object' && 'error' in first) return fail(first.error, stopped.promise)
  if (typeof first === 'object') {
    const { url, emulated } = first.mesh
    if (options.json) answer(options, { url, emulated }, '')
    else ready(first.mesh)
  }

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
  throw error
}

/** Whatever handle a library has left open must not keep a stopped mesh alive. */
function end(status: number): void {
  process.exit(status)
}
