import { runService } from '@concord/service-kit/run'
import { auth } from './service.ts'

await runService(auth, process.env, process.argv.slice(2))
