/** Times to live and windows: whole milliseconds, at least one. A key without an end would stay for ever. */
export function wholeMs(ms: number): number {
  if (!Number.isFinite(ms)) throw new RangeError('a time to live must be a number of milliseconds')
  return Math.max(1, Math.ceil(ms))
}
