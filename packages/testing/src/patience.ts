/** How long, in milliseconds, a test waits for what must come. Long, because a busy machine is slow and being slow is no failure; nothing that passes waits that long. */
export const patienceMs = 180_000

/** For `expect.poll` and `vi.waitFor`. */
export const patiently = { timeout: patienceMs, interval: 20 }
