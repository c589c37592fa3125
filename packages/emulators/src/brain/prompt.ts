import { readSections } from '@concord/contracts/prompt-sections'
import type { Ask, Form } from '../wire/wire.ts'
import { detectLanguage, type Language, readLanguage } from './language.ts'
import { topicOf } from './open/topic.ts'
import { textHash } from './text-hash.ts'

export type Purpose = 'opening' | 'vote' | 'debate' | 'synthesis' | 'other'

export type Prompt = {
  purpose: Purpose
  question: string
  /** Stands for the question wherever something is chosen by hash. */
  key: string
  /** What an open question is about. */
  topic: string
  choices: string[]
  answerType: string
  language: Language
  claims: { id: string; text: string }[]
  /** One for a closed question, one for every contested claim of an open one. */
  ownPositions: string[]
  peerPositions: string[]
  verdict: string | undefined
  reasons: string[]
  /** What marks the bounds of the sections; zeros where there are none. */
  token: string
  /** What stands outside all sections, where only the caller can have written. */
  outside: string
}

/** Reads what a turn's prompt holds. A prompt without sections is a question as a whole. */
export function readPrompt(ask: Ask): Prompt {
  const sections = readSections(ask.user)
  const all = (name: string) => sections.filter((section) => section.name === name)
  const one = (name: string) => all(name)[0]?.text.trim()
  const question = one('QUESTION') ?? ask.user.trim()
  const language = readLanguage(one('LANGUAGE')) ?? detectLanguage(question)
  return {
    purpose: purposeOf(ask.form, ask.system),
    question,
    key: textHash(question),
    topic: topicOf(question, language),
    choices:
      one('CHOICES')
        ?.split('\n')
        .map((line) => line.trim())
        .filter(Boolean) ?? inlineChoices(question),
    answerType: one('ANSWER_TYPE')?.toLowerCase() ?? 'auto',
    language,
    claims: all('CLAIM').flatMap(({ label, text }) => (label === undefined ? [] : [{ id: label, text: text.trim() }])),
    ownPositions: all('OWN_POSITION').map(({ text }) => text.trim()),
    peerPositions: all('PEER_POSITION').map(({ text }) => text.trim()),
    verdict: one('VERDICT'),
    reasons: all('REASON').map(({ text }) => text.trim()),
    ...boundsOf(ask.user),
  }
}

function boundsOf(user: string): Pick<Prompt, 'token' | 'outside'> {
  const token = /<<<[A-Z_]+(?: \S{1,32})? ([0-9a-f]{8,64})>>>/.exec(user)?.[1]
  if (token === undefined) return { token: '0'.repeat(16), outside: '' }
  const section = new RegExp(`<<<[A-Z_]+(?: \\S{1,32})? ${token}>>>\n[\\s\\S]*?\n<<<END ${token}>>>`, 'g')
  return { token, outside: user.replaceAll(section, '').trim() }
}

/** By the form's properties, since two of the four wires do not carry its name. */
function purposeOf(form: Form | undefined, system: string): Purpose {
  if (form === undefined) return system.trimStart().startsWith('You are the writer') ? 'synthesis' : 'other'
  const schema = form.schema
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return 'other'
  const properties = schema.properties
  if (typeof properties !== 'object' || properties === null) return 'other'
  if ('reasoning' in properties && 'claims' in properties) return 'opening'
  if ('stance' in properties) return 'debate'
  return 'votes' in properties ? 'vote' : 'other'
}

/** Choices written below a question, each on a line with its letter. */
function inlineChoices(question: string): string[] {
  const lines = question
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\(?[A-J][).:]\s+\S/.test(line))
  return lines.length >= 2 ? lines : []
}
