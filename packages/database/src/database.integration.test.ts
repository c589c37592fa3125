import { testDatabase } from '@concord/testing/database'
import { describeDatabase } from '../test/database.contract.ts'

describeDatabase('PostgreSQL', () => testDatabase({ migrations: [] }))
