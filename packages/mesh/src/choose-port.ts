import { createServer } from 'node:net'
import { PlainError } from './plain-error.ts'

/** The port to listen on, found free now, before anything else is started; 0 becomes a free one. `setting` is where it was set. */
export function choosePort(host: string, port: number, setting = 'PORT'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new PlainError(sentence(error.code, host, port, setting))),
    )
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address()
      const chosen = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(chosen))
    })
  })
}

function sentence(code: string | undefined, host: string, port: number, setting: string): string {
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken; choose another with ${setting}.`
  if (code === 'EACCES') return `Port ${port} may not be opened by this user; choose one above 1023 with ${setting}.`
  return `Concord cannot listen on ${host}: it is not an address of this machine; choose another with HOST.`
}

/** How a person writes the address. */
export function publicUrl(host: string, port: number): string {
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)
  return `http://${local ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}
