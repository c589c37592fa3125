import { existsSync, openSync, renameSync, statSync } from 'node:fs'
import { createLogger } from '@concord/service-kit/logging'
import type { Logger } from '@concord/service-kit/logging'
import { destination } from 'pino'
import type { DataFolder } from './data-folder.ts'

const largestBytes = 20 * 1024 * 1024

/** The mesh's log: JSON lines in the data folder; at a start a long one is put aside, so that two files are the most there are. */
export function openLog({ log }: Pick<DataFolder, 'log'>, level: string): Logger {
  if (existsSync(log) && statSync(log).size > largestBytes) renameSync(log, `${log}.1`)
  // Opened here: a start that fails at once would find a log that the library is still opening, and trip over it.
  return createLogger('concord', level, destination({ fd: openSync(log, 'a', 0o600), sync: false }))
}
