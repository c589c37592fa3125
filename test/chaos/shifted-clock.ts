/**
 * Loaded before a service by the chaos run: its parent can then move the wall clock of the process, as a step of NTP or an
 * operator does. All that a service knows of the time of day comes from `Date`; what is measured in between comes from the
 * monotonic clock, which no such step moves.
 */
const RealDate = Date
let offsetMs = 0

process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'clockOffsetMs' in message)
    offsetMs = Number(message.clockOffsetMs)
})
// The listener would keep the process alive after its work.
process.channel?.unref()

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [target.now() + offsetMs] : given, newTarget),
  apply: (target) => new target(target.now() + offsetMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + offsetMs : Reflect.get(target, name, receiver),
})
