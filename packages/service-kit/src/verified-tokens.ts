const longestMs = 60_000

/**
 * Remembers for a minute at most, and never past the token's own end, what was read from a token whose signature was good. The
 * signature of a token does not change; whether it was revoked does, and is not remembered here.
 */
export function verifiedTokens<Claims extends { exp: number }>({
  now,
  max = 10_000,
}: {
  now: () => number
  max?: number
}) {
  const known = new Map<string, { claims: Claims; untilMs: number }>()
  return {
    get(token: string): Claims | undefined {
      const entry = known.get(token)
      if (!entry) return undefined
      if (entry.untilMs > now()) return entry.claims
      known.delete(token)
      return undefined
    },
    keep(token: string, claims: Claims): void {
      if (known.size >= max) {
        const [oldest] = known.keys()
        if (oldest !== undefined) known.delete(oldest)
      }
      known.set(token, { claims, untilMs: Math.min(claims.exp * 1_000, now() + longestMs) })
    },
  }
}
