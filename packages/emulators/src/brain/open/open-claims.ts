import { hash, pick } from '../hash.ts'
import { fold, type Language } from '../language.ts'
import type { Pack, Theme } from './pack.ts'
import { packs } from './packs.ts'
import { topicOf } from './topic.ts'

export type OpenClaim = { text: string; why: string; kind: string; salience: number }

/** What a model says to an open question: three claims that all share in near wordings, one of its own choice, and its side of the contested one. */
export function openClaims(question: string, language: Language, model: string, side: 'pro' | 'con'): OpenClaim[] {
  const pack = packs[language]
  const topic = topicOf(question, language)
  const shared = sharedThemes(question, pack)
  const others = pack.themes.filter((theme) => !shared.includes(theme))
  const extra = others[Math.floor(hash(`${question}|${model}|extra`) * Math.min(3, others.length))]
  const chosen = extra ? [...shared, extra] : shared
  const claims = chosen.map((theme, index) => ({
    text: fill(pick(theme.wordings, `${question}|${model}|${theme.kind}`), topic),
    why: theme.why,
    kind: theme.kind,
    salience: [0.9, 0.85, 0.75, 0.5][index] ?? 0.5,
  }))
  const contested = pack[side]
  const text = fill(pick(contested.wordings, `${question}|${model}|${side}`), topic)
  return [...claims, { text, why: contested.why, kind: 'judgement', salience: 0.6 }]
}

/** Which side of the contested pair a claim is on, if it is one of the two. */
export function sideOf(claim: string, question: string, language: Language): 'pro' | 'con' | undefined {
  const topic = topicOf(question, language)
  const text = fold(claim)
  for (const side of ['pro', 'con'] as const) {
    if (packs[language][side].wordings.some((wording) => text.includes(fold(fill(wording, topic)).replace(/\.$/, ''))))
      return side
  }
  return undefined
}

function sharedThemes(question: string, pack: Pack): Theme[] {
  const wanted = pack.intents.filter(({ pattern }) => pattern.test(question)).map(({ kind }) => kind)
  const rank = (theme: Theme) => hash(`${question}|${theme.kind}`) - (wanted.includes(theme.kind) ? 1 : 0)
  const suits = (theme: Theme) => wanted.includes(theme.kind) || !['cause', 'comparison'].includes(theme.kind)
  return pack.themes
    .filter(suits)
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 3)
}

export function fill(template: string, topic: string): string {
  return template.replaceAll('{a}', topic)
}
