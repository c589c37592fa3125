import { WebSocket } from 'ws'
import { z } from 'zod'

const Answer = z.object({ id: z.int().optional(), result: z.object({ usedSize: z.number().optional() }).optional() })

/** Megabytes of the heap in use after a full collection, asked of a process that was started with `--inspect`. */
export async function heapAfterCollection(stderr: string): Promise<number> {
  const address = /Debugger listening on (ws:\S+)/.exec(stderr)?.[1]
  if (!address) throw new Error('the process does not listen for an inspector')
  const socket = new WebSocket(address, { perMessageDeflate: false })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  try {
    await call(socket, 1, 'HeapProfiler.collectGarbage')
    const used = await call(socket, 2, 'Runtime.getHeapUsage')
    return (used ?? 0) / 1_048_576
  } finally {
    socket.close()
  }
}

function call(socket: WebSocket, id: number, method: string): Promise<number | undefined> {
  const answered = new Promise<number | undefined>((resolve) => {
    const look = (data: Buffer): void => {
      const answer = Answer.parse(JSON.parse(data.toString('utf8')))
      if (answer.id !== id) return
      socket.off('message', look)
      resolve(answer.result?.usedSize)
    }
    socket.on('message', look)
  })
  socket.send(JSON.stringify({ id, method }))
  return answered
}
