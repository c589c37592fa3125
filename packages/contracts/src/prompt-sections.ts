/**
 * Untrusted text inside a prompt. `token` is fresh and random for every message, so that the text cannot close its own section; what looks
 * like the bounds of a section is written with other brackets, so that nobody has to look twice.
 * `name` is upper case with an optional label: `CLAIM c1`, `PEER_POSITION A`.
 */
export function section(name: string, token: string, text: string): string {
  return `<<<${name} ${token}>>>\n${text.replaceAll(bounds, '‹‹‹$1›››')}\n<<<END ${token}>>>`
}

const bounds = /<<<([ \t]{0,8}\/?[ \t]{0,8}[A-Z_]{1,40}(?:[ \t]{1,8}[\w.-]{1,64}){0,2}[ \t]{0,8})>>>/gi

export type PromptSection = { name: string; label: string | undefined; text: string }

/** Reads the sections of a prompt in their order. */
export function readSections(prompt: string): PromptSection[] {
  const pattern = /<<<([A-Z_]+)(?: ([A-Za-z0-9_.-]{1,32}))? ([0-9a-f]{8,64})>>>\n([\s\S]*?)\n<<<END \3>>>/g
  return [...prompt.matchAll(pattern)].map(([, name = '', label, , text = '']) => ({ name, label, text }))
}
