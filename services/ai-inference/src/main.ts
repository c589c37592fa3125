import { runService } from '@concord/service-kit/run'
import { aiInference } from './service.ts'

await runService(aiInference, process.env, process.argv.slice(2))
