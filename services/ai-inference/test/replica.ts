import { loadConfig } from '@concord/service-kit/config'
import { startService } from '@concord/service-kit/service'
import { Config } from '../src/config.ts'
import { aiInference } from '../src/service.ts'
import { openEngines } from './open-engines.ts'
import type { EngineSettings } from './open-engines.ts'

/** ai-inference in a process of its own that a test may kill, on the engines of the test. */
const settings: EngineSettings = JSON.parse(process.env['ENGINE_SETTINGS'] ?? '')
const config = loadConfig(Config, process.env)
const platform = openEngines(settings)
const instance = await aiInference.create(config, platform)
await startService(aiInference.name, instance, platform, { host: config.HOST, port: config.PORT })
process.send?.('ready')
process.on('disconnect', () => process.exit())
