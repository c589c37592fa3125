import type { Logger } from './logging.ts'

/** Work that a service repeats; the signal ends a run when the service closes. */
export type Job = { name: string; everyMs: number; run: (signal: AbortSignal) => Promise<unknown> }

/** Runs each job now and then again `everyMs` after it ended; a failing run is logged and repeated. */
export function startJobs(jobs: readonly Job[], logger: Logger): { close(): Promise<void> } {
  const stop = new AbortController()
  const loops = jobs.map((job) => repeat(job, logger, stop.signal))
  return {
    async close() {
      stop.abort()
      await Promise.all(loops)
    },
  }
}

async function repeat({ name, everyMs, run }: Job, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await run(signal).catch((err: unknown) => {
      if (!signal.aborted) logger.error({ err, job: name }, 'a job failed')
    })
    await pause(everyMs, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
