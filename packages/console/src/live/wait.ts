/** Waits, or less: the machine coming back online and the page coming back to sight are reasons to try at once. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController()
    const finish = () => {
      clearTimeout(timer)
      done.abort()
      resolve()
    }
    const timer = setTimeout(finish, ms)
    addEventListener('online', finish, { signal: done.signal })
    document.addEventListener('visibilitychange', finish, { signal: done.signal })
    signal.addEventListener('abort', finish, { signal: done.signal })
    if (signal.aborted) finish()
  })
}
