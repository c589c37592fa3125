import { startEmbedded } from '../src/embedded.ts'

// A process that owns an embedded engine, to be killed.
await startEmbedded({ dataDir: process.argv[2] })
process.send?.('ready')
setInterval(() => {}, 1_000)
