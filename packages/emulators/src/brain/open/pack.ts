/** One thing that can be said of a topic, `{a}`, in wordings so near that they merge, and why one would say it. */
export type Theme = {
  kind:
    | 'definition'
    | 'benefit'
    | 'cost'
    | 'context'
    | 'measure'
    | 'method'
    | 'mistake'
    | 'evidence'
    | 'cause'
    | 'comparison'
  wordings: readonly [string, string, string]
  why: string
}

/** What the emulators say to open questions in one language. */
export type Pack = {
  themes: readonly Theme[]
  pro: { wordings: readonly [string, string]; why: string; mistaken: string }
  con: { wordings: readonly [string, string]; why: string; mistaken: string }
  stopwords: string
  intents: { kind: Theme['kind']; pattern: RegExp }[]
  start: string
  agree: readonly [string, string, string]
  disagree: string
  abstain: string
  concede: string
  keep: string
  insist: string
  uncertain: string
  answerIs: (final: string) => string
  join: readonly [string, string, string]
}
