import type { Database } from '@concord/database/database'
import { isNotNull } from '@concord/database/sql'
import { fittedSettings, reliabilities } from '../db/learning-schema.ts'
import type { LearnedReliability, Snapshot } from '../learning/ports.ts'

export type LearningReader = {
  snapshot(): Promise<Snapshot>
  /** Where agreement and anchors can be compared. */
  compared(): Promise<LearnedReliability[]>
}

export function learningReader({ db }: Pick<Database, 'db'>): LearningReader {
  return {
    async snapshot() {
      const [known, fitted] = await Promise.all([db.select().from(reliabilities), db.select().from(fittedSettings)])
      return { reliabilities: known, fitted }
    },
    compared: () => db.select().from(reliabilities).where(isNotNull(reliabilities.disagreement)),
  }
}
