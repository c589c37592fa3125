import { timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Engine, EngineTurns, Turn } from './embedded-turns.ts'
import { frameReader } from './frame-reader.ts'
import type { Frame } from './frame-reader.ts'
import { refusal } from './session-guard.ts'
import * as wire from './wire.ts'

const maxConnections = 200
const maxMessageBytes = 64 * 1024 * 1024
const maxPendingTurns = 16
const loginTimeoutMs = 10_000

export type Front = { port: number; close(): Promise<void> }
type Login = { password: string; greeting: readonly Buffer[] }

/**
 * The door of the embedded engine: ordinary PostgreSQL connections on loopback, each asked for the password, share its one
 * session by turns. (`pglite-socket` takes turns by message, so that one connection binds to what another has parsed.)
 */
export async function startFront(options: { engine: Engine; shared: EngineTurns; login: Login }): Promise<Front> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    if (sockets.size > maxConnections) refuse(socket, '53300', 'too many connections to the embedded database')
    else serve(socket, options.engine, options.login, options.shared)
  })
  await listen(server)
  return {
    port: portOf(server),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serve(socket: Socket, engine: Engine, login: Login, shared: EngineTurns): void {
  const reader = frameReader(maxMessageBytes)
  const loginTimer = setTimeout(() => socket.destroy(), loginTimeoutMs)
  const member = shared.join({
    answer: (bytes) => socket.write(bytes),
    pending: (count) => void (count > maxPendingTurns ? socket.pause() : socket.resume()),
    expel: (code, detail) => refuse(socket, code, detail),
  })
  const assemble = turnAssembler(engine, (turn) => shared.enqueue(member, turn))
  let handle = (frame: Frame): void => {
    if (!greet(socket, frame)) return
    reader.endStartup()
    handle = (answer) => {
      if (!isPassword(answer, login.password)) return refuse(socket, '28P01', 'password authentication failed')
      clearTimeout(loginTimer)
      socket.write(Buffer.concat([wire.authenticated, ...login.greeting, wire.readyForQuery(false)]))
      handle = (next) => void (next.type === 'X' ? socket.end() : assemble(next))
    }
  }
  socket.setNoDelay(true)
  socket.on('data', (chunk: Buffer) => {
    reader.add(chunk)
    try {
      for (let frame = reader.next(); frame && !socket.destroyed; frame = reader.next()) handle(frame)
    } catch {
      refuse(socket, '08P01', 'not a message of the PostgreSQL protocol')
    }
  })
  socket.on('close', () => {
    clearTimeout(loginTimer)
    shared.leave(member)
  })
}

/** True once the connection has said what it is; encryption is declined, since all stays on loopback. */
function greet(socket: Socket, frame: Frame): boolean {
  const code = frame.bytes.length >= 8 ? frame.bytes.readInt32BE(4) : 0
  if (code === wire.protocolVersion) return socket.write(wire.askPassword) || true
  if (code === wire.sslRequest || code === wire.gssRequest) socket.write('N')
  // A cancel request too ends here: the engine runs one statement at a time and cannot be interrupted.
  else socket.destroy()
  return false
}

function isPassword(frame: Frame, password: string): boolean {
  const given = Buffer.from(wire.readText(frame.bytes, 5).value)
  const expected = Buffer.from(password)
  return frame.type === 'p' && given.length === expected.length && timingSafeEqual(given, expected)
}

/** Gathers messages until one that asks for an answer: Sync, Flush or a simple query. */
function turnAssembler(engine: Engine, complete: (turn: Turn) => void): (frame: Frame) => void {
  let gathered: Buffer[] = []
  let refused: string | undefined
  return (frame) => {
    gathered.push(frame.bytes)
    refused ??= refusal(frame)
    if (frame.type !== 'S' && frame.type !== 'Q' && frame.type !== 'H') return
    const ends = frame.type !== 'H'
    complete(refused ? refusedTurn(engine, refused, ends) : engineTurn(engine, Buffer.concat(gathered), ends))
    gathered = []
    refused = undefined
  }
}

function engineTurn(engine: Engine, bytes: Buffer, ends: boolean): Turn {
  return { ends, run: (answer) => engine.run(bytes, answer) }
}

function refusedTurn(engine: Engine, detail: string, ends: boolean): Turn {
  return {
    ends,
    run: async (answer) => {
      answer(wire.errorResponse('ERROR', '0A000', `embedded database: ${detail}`))
      if (ends) answer(wire.readyForQuery(engine.inTransaction()))
    },
  }
}

function refuse(socket: Socket, code: string, detail: string): void {
  socket.end(wire.errorResponse('FATAL', code, detail))
  socket.destroySoon()
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the embedded database has no port')
  return address.port
}
