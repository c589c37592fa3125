import { engines } from '@concord/testing/engines'
import { describeStore } from './store.contract.ts'

describeStore(engines[0])
