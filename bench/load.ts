/** Runs `work` `count` times, `inFlight` at once, each next one when one ends; gives every duration in milliseconds. */
export async function closedLoop(
  { count, inFlight }: { count: number; inFlight: number },
  work: (index: number) => Promise<void>,
): Promise<{ durations: number[]; elapsedMs: number }> {
  const durations: number[] = []
  let next = 0
  const began = performance.now()
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      const from = performance.now()
      await work(index)
      durations.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { durations, elapsedMs: performance.now() - began }
}

/** The CPU time, in microseconds, that this process takes for one call of `work`: the median of several runs. */
export async function cpuPerCall(count: number, work: () => unknown): Promise<number> {
  for (let call = 0; call < count / 5; call++) await work()
  const began = process.cpuUsage()
  for (let call = 0; call < count; call++) await work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / count
}
