import type { CallJournal } from './call-journal.ts'
import { usageRecorder } from './usage-recorder.ts'
import type { RecorderOptions, UsageRecorder } from './usage-recorder.ts'

/** A recorder whose calls stand in a journal from their beginning until they are stored. */
export type FollowedRecorder = UsageRecorder & Pick<CallJournal, 'follow'>

export function followedRecorder({
  journal,
  ...options
}: RecorderOptions & { journal: CallJournal }): FollowedRecorder {
  const add: RecorderOptions['store']['add'] = async (entries) => {
    await options.store.add(entries)
    journal.stored(entries.map(({ id }) => id))
  }
  const recorder = usageRecorder({ ...options, store: { add } })
  return {
    follow: journal.follow,
    record(entry) {
      journal.ended(entry)
      recorder.record(entry)
    },
    async close() {
      await recorder.close()
      await journal.close()
    },
  }
}
