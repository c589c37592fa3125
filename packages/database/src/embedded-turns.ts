import * as wire from './wire.ts'

/** What the front needs of the engine. `run` rejects only when the engine broke. */
export type Engine = {
  run(bytes: Uint8Array, answer: (bytes: Buffer) => void): Promise<void>
  inTransaction(): boolean
}

/** What has the engine to itself. `ends` is false while a connection's message sequence is still open (after a Flush). */
export type Turn = { run(answer: (bytes: Buffer) => void): Promise<void>; ends: boolean }

/** What a connection is told: bytes for its client, how many of its turns wait, and that it must go. */
type Answers = {
  answer(bytes: Buffer): void
  pending(count: number): void
  expel(code: string, detail: string): void
}
export type Member = { answers: Answers; turns: Turn[]; left: boolean; midway: boolean }

type Options = { engine: Engine; idleTransactionMs: number; onFailure(error: unknown): void }

/**
 * Lets many share the engine's one session: a connection's messages up to a Sync or a simple query are one turn, first come
 * first served, and who is inside a transaction keeps the engine until it ends, goes away, or idles for too long.
 * `onFailure` is told when the engine itself breaks; nothing runs after that.
 */
export class EngineTurns {
  readonly #options: Options
  readonly #waiting = new Set<Member>()
  #owner: Member | undefined
  #busy = false
  #idleTimer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  join(answers: Answers): Member {
    return { answers, turns: [], left: false, midway: false }
  }

  enqueue(member: Member, turn: Turn): void {
    if (member.left) return
    member.turns.push(turn)
    if (member !== this.#owner) this.#waiting.add(member)
    member.answers.pending(member.turns.length)
    void this.#pump()
  }

  leave(member: Member): void {
    member.left = true
    member.turns = []
    this.#waiting.delete(member)
    if (member === this.#owner) void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      for (let member = this.#next(); member; member = this.#next()) {
        clearTimeout(this.#idleTimer)
        if (member.left) await this.#abandon(member)
        else await this.#run(member)
        // Lets sockets be read between turns.
        await new Promise(setImmediate)
      }
    } catch (error) {
      // Stays busy: nothing runs on a broken engine.
      return this.#options.onFailure(error)
    }
    this.#busy = false
  }

  /** Undefined when nobody waits, or when the transaction's owner is still thinking. */
  #next(): Member | undefined {
    const owner = this.#owner
    if (owner) return owner.left || owner.turns.length > 0 ? owner : undefined
    const [first] = this.#waiting
    if (first) this.#waiting.delete(first)
    return first
  }

  async #run(member: Member): Promise<void> {
    const turn = member.turns.shift()
    if (!turn) return
    member.answers.pending(member.turns.length)
    await turn.run((bytes) => member.answers.answer(bytes))
    member.midway = !turn.ends
    this.#owner = member.midway || this.#options.engine.inTransaction() ? member : undefined
    if (member.turns.length > 0) this.#waiting.add(member)
    if (!this.#owner) return
    this.#waiting.delete(member)
    if (member.turns.length === 0) this.#expectMore(member)
  }

  /** Rolls back what a connection left open when it went away. */
  async #abandon(member: Member): Promise<void> {
    if (member !== this.#owner) return
    const { engine } = this.#options
    if (member.midway) await engine.run(wire.sync, () => {})
    if (engine.inTransaction()) await engine.run(wire.rollback, () => {})
    this.#owner = undefined
  }

  #expectMore(member: Member): void {
    this.#idleTimer = setTimeout(() => {
      member.answers.expel('25P03', 'terminating connection due to idle-in-transaction timeout')
      this.leave(member)
    }, this.#options.idleTransactionMs)
  }
}
