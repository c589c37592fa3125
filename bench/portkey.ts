import { Server } from 'node:net'

/** The other gateway, started as it is, but for the address: it would listen on every interface. */
const listen = Server.prototype.listen
Reflect.set(Server.prototype, 'listen', function onLoopback(this: Server, port: number, ...rest: unknown[]): Server {
  const told = rest.find((value) => typeof value === 'function')
  return Reflect.apply(listen, this, [{ port, host: '127.0.0.1' }, told])
})
process.once('disconnect', () => process.exit(0))
await import(new URL('node_modules/@portkey-ai/gateway/build/start-server.js', import.meta.url).href)
