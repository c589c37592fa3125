import { fileURLToPath } from 'node:url'
import { startFakeApi } from './fake-api.ts'

/** The built page on the fake API, to look at: `node --conditions=@concord/source test/serve-fake.ts 5180`. */
const api = await startFakeApi({
  dist: fileURLToPath(new URL('../dist', import.meta.url)),
  port: Number(process.argv[2] ?? 5180),
})
process.stdout.write(`${api.url}\n`)
