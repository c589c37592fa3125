/**
 * Untrusted text inside a prompt. `token` is fresh and random for every message, so that the text cannot close its own section.
 * `name` is upper case with an optional label: `CLAIM c1`, `PEER_POSITION A`.
 */
export function section(name: string, token: string, text: string): string {
  return `<<<${name} ${token}>>>\n${text}\n<<<END ${token}>>>`
}

export type PromptSection = { name: string; label: string | undefined; text: string }

/** Reads the sections of a prompt in their order. */
export function readSections(prompt: string): PromptSection[] {
  const pattern = /<<<([A-Z_]+)(?: ([A-Za-z0-9_.-]{1,32}))? ([0-9a-f]{8,64})>>>\n([\s\S]*?)\n<<<END \3>>>/g
  return [...prompt.matchAll(pattern)].map(([, name = '', label, , text = '']) => ({ name, label, text }))
}
