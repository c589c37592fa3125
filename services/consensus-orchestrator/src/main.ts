import { runService } from '@concord/service-kit/run'
import { consensusOrchestrator } from './service.ts'

await runService(consensusOrchestrator, process.env, process.argv.slice(2))
