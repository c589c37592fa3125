/** `consumers` is null where they cannot be told: in the one process, the consumers are in it. */
export type QueueState = { handler: string; waiting: number; consumers: number | null }

/** What stands on a bus now, read without changing it. */
export type BusState = {
  /** Of the handlers that were asked for, in their order; a queue that does not exist has neither messages nor consumers. */
  queues: QueueState[]
  /** Messages that wait for their next attempt. */
  retrying: number
  /** Messages that nobody subscribes to; always 0 in process, where they are not kept. */
  unrouted: number
  dead: number
  /** Of the broker; null in process. */
  version: string | null
}
