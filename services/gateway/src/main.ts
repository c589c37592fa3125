import { runService } from '@concord/service-kit/run'
import { gateway } from './service.ts'

await runService(gateway, process.env, process.argv.slice(2))
