import * as wire from './wire.ts'

/** What the front needs of the engine. `run` rejects only when the engine broke. */
export type Engine = {
  run(bytes: Uint8Array, answer: (bytes: Buffer) => void): Promise<void>
  inTransaction(): boolean
}

/** What has the engine to itself. `ends` is false while a connection's message sequence is still open (after a Flush). */
export type Turn = { run(answer: (bytes: Buffer) => void): Promise<void>; ends: boolean }

type Answers = {
  answer(bytes: Buffer): void
  pending(count: number): void
  expel(code: string, detail: string): void
}
type Member = { answers: Answers; turns: Turn[]; left: boolean; midway: boolean }

export type Turns = ReturnType<typeof turns>

/**
 * Lets many share the engine's one session: a connection's messages up to a Sync or a simple query are one turn, first come
 * first served, and who is inside a transaction keeps the engine until it ends, goes away, or idles for too long.
 * `onFailure` is told when the engine itself breaks; nothing runs after that.
 */
export function turns(options: { engine: Engine; idleTransactionMs: number; onFailure(error: unknown): void }) {
  const { engine } = options
  const waiting = new Set<Member>()
  let owner: Member | undefined
  let busy = false
  let idleTimer: NodeJS.Timeout | undefined

  async function pump(): Promise<void> {
    if (busy) return
    busy = true
    try {
      for (let member = nextMember(); member; member = nextMember()) {
        clearTimeout(idleTimer)
        if (member.left) await abandon(member)
        else await runTurn(member)
        // Lets sockets be read between turns.
        await new Promise(setImmediate)
      }
    } catch (error) {
      // `busy` stays: nothing runs on a broken engine.
      return options.onFailure(error)
    }
    busy = false
  }

  /** Undefined when nobody waits, or when the transaction's owner is still thinking. */
  function nextMember(): Member | undefined {
    if (owner) return owner.left || owner.turns.length > 0 ? owner : undefined
    const [first] = waiting
    if (first) waiting.delete(first)
    return first
  }

  async function runTurn(member: Member): Promise<void> {
    const turn = member.turns.shift()
    if (!turn) return
    member.answers.pending(member.turns.length)
    await turn.run(member.answers.answer)
    member.midway = !turn.ends
    owner = member.midway || engine.inTransaction() ? member : undefined
    if (owner) startIdleTimer(member)
    else if (member.turns.length > 0) waiting.add(member)
  }

  /** Rolls back what a connection left open when it went away. */
  async function abandon(member: Member): Promise<void> {
    if (member !== owner) return
    if (member.midway) await engine.run(wire.sync, () => {})
    if (engine.inTransaction()) await engine.run(wire.rollback, () => {})
    owner = undefined
  }

  function startIdleTimer(member: Member): void {
    if (member.turns.length > 0) return
    idleTimer = setTimeout(() => {
      member.answers.expel('25P03', 'terminating connection due to idle-in-transaction timeout')
      leave(member)
    }, options.idleTransactionMs)
  }

  function leave(member: Member): void {
    member.left = true
    member.turns = []
    waiting.delete(member)
    if (member === owner) void pump()
  }

  return {
    join(answers: Answers) {
      const member: Member = { answers, turns: [], left: false, midway: false }
      return {
        enqueue(turn: Turn): void {
          if (member.left) return
          member.turns.push(turn)
          if (member !== owner) waiting.add(member)
          answers.pending(member.turns.length)
          void pump()
        },
        leave: () => leave(member),
      }
    },
  }
}
