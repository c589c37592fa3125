import { engines } from '@concord/testing/engines'
import { describeLearningFlows } from './learning-flows.contract.ts'

describeLearningFlows(engines[1])
