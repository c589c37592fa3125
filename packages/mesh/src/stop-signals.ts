/**
 * Calls `stop` once, when this process is asked to end. Under the start script that is the end of the channel to it: npm, the
 * script and this process all get a terminal's Ctrl-C, and who leaves first decides npm's exit status, so the signals themselves
 * are ignored while the channel is there.
 */
export function onStop(stop: () => void): void {
  let asked = false
  const once = () => {
    if (asked) return
    asked = true
    stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!process.channel) once()
    })
  }
  if (process.channel) process.once('disconnect', once)
}
