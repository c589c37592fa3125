import { engines } from '@concord/testing/engines'
import { describeFlows } from './flows.contract.ts'

describeFlows(engines[1])
