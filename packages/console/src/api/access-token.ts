export type Grant = { token: string; expiresInS: number }

/** `refused`: there is no session (any more). A thrown error: nobody knows, try again later. */
export type Renew = () => Promise<Grant | 'refused'>

export type AccessToken = {
  /** A token good for some seconds yet, renewed where needed; undefined when there is no session. */
  current(): Promise<string | undefined>
  /** After the API has refused `token`: one renewal for all who ask at the same time. */
  replace(token: string): Promise<string | undefined>
  renew(): Promise<string | undefined>
  set(grant: Grant): void
  clear(): void
}

const marginMs = 20_000

/** Keeps the access token in memory alone, and renews it once for all callers. */
export function accessToken(o: { renew: Renew; now: () => number; onRefused: () => void }): AccessToken {
  let held: { token: string; goodUntil: number } | undefined
  let renewal: Promise<string | undefined> | undefined
  let generation = 0

  function set({ token, expiresInS }: Grant): void {
    generation += 1
    held = { token, goodUntil: o.now() + expiresInS * 1000 }
  }

  function clear(): void {
    generation += 1
    held = undefined
  }

  async function renewOnce(): Promise<string | undefined> {
    const asked = generation
    const grant = await o.renew()
    // Whoever signed in or out meanwhile has the last word.
    if (asked !== generation) return held?.token
    if (grant === 'refused') {
      clear()
      o.onRefused()
      return undefined
    }
    set(grant)
    return grant.token
  }

  function renew(): Promise<string | undefined> {
    renewal ??= renewOnce().finally(() => {
      renewal = undefined
    })
    return renewal
  }

  return {
    async current() {
      if (!held) return renewal
      return held.goodUntil - o.now() > marginMs ? held.token : renew()
    },
    async replace(token) {
      return held && held.token !== token ? held.token : renew()
    },
    renew,
    set,
    clear,
  }
}
