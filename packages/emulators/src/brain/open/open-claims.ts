import { hash, pick } from '../hash.ts'
import { fold } from '../language.ts'
import type { Pack, Theme } from './pack.ts'
import { packs } from './packs.ts'
import type { Prompt } from '../prompt.ts'

export type OpenClaim = { text: string; why: string; kind: string; salience: number }

/** What a model says to an open question: three claims that all share in near wordings, one of its own choice, and its side of the contested one. */
export function openClaims(prompt: Prompt, model: string, side: 'pro' | 'con'): OpenClaim[] {
  const { key, topic } = prompt
  const pack = packs[prompt.language]
  const shared = sharedThemes(prompt, pack)
  const others = pack.themes.filter((theme) => !shared.includes(theme))
  const extra = others[Math.floor(hash(`${key}|${model}|extra`) * Math.min(3, others.length))]
  const chosen = extra ? [...shared, extra] : shared
  const claims = chosen.map((theme, index) => ({
    text: fill(pick(theme.wordings, `${key}|${model}|${theme.kind}`), topic),
    why: theme.why,
    kind: theme.kind,
    salience: [0.9, 0.85, 0.75, 0.5][index] ?? 0.5,
  }))
  const contested = pack[side]
  const text = fill(pick(contested.wordings, `${key}|${model}|${side}`), topic)
  return [...claims, { text, why: contested.why, kind: 'judgement', salience: 0.6 }]
}

/** Which side of the contested pair a claim is on, if it is one of the two. */
export function sideOf(claim: string, { language, topic }: Prompt): 'pro' | 'con' | undefined {
  const text = fold(claim)
  for (const side of ['pro', 'con'] as const) {
    if (packs[language][side].wordings.some((wording) => text.includes(fold(fill(wording, topic)).replace(/\.$/, ''))))
      return side
  }
  return undefined
}

function sharedThemes({ key, question }: Prompt, pack: Pack): Theme[] {
  const wanted = pack.intents.filter(({ pattern }) => pattern.test(question)).map(({ kind }) => kind)
  return pack.themes
    .filter(({ kind }) => wanted.includes(kind) || !['cause', 'comparison'].includes(kind))
    .map((theme) => ({ theme, rank: hash(`${key}|${theme.kind}`) - (wanted.includes(theme.kind) ? 1 : 0) }))
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, 3)
    .map(({ theme }) => theme)
}

export function fill(template: string, topic: string): string {
  return template.replaceAll('{a}', topic)
}
