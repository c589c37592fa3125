import { testDatabase } from '@concord/testing/database'
import { describeVault } from '../test/vault.contract.ts'

describeVault('PostgreSQL', () => testDatabase({ migrations: [] }))
