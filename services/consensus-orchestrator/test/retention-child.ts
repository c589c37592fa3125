import { openDatabase } from '@concord/database/database'
import { removeDue } from '@concord/service-kit/retention'
import { retentionOf } from '../src/db/retention.ts'

// A replica's retention in a process of its own, which a test kills.
const database = openDatabase({ url: process.env['DATABASE_URL'] ?? '', applicationName: 'retention-child' })
process.once('disconnect', () => process.exit())
for (const rule of retentionOf({ QUERY_RETENTION_DAYS: '90' })) await removeDue(database.db, rule)
process.exit()
