import { engines } from '@concord/testing/engines'
import { describeAnchorTurns } from './anchor-turns.contract.ts'
import { describeLearning } from './learning.contract.ts'

describeLearning(engines[1])
describeAnchorTurns(engines[1])
