import type { Brain } from './brain/brain.ts'
import type { FaultBook } from './faults/fault-book.ts'
import type { Pace } from './pace.ts'
import type { RequestLog } from './request-log.ts'

/** What the four providers' apps share. */
export type Context = {
  brain: Brain
  faults: FaultBook
  log: RequestLog
  pace: Pace
  seed: number
}
