import type { AnswerType } from './model.ts'
import { readBoolean } from './booleans.ts'
import { cleanFinal } from './clean-final.ts'
import { readDate } from './dates.ts'
import { readEqualForms } from './equal-forms.ts'
import { foldText } from './fold-text.ts'
import { readJudgement } from './judgements.ts'
import { readLiteral, readQuoted } from './literals.ts'
import { readMeantChoice } from './meant-choice.ts'
import { readChoice, readLetter } from './options.ts'
import { readQuantity, type Quantity } from './quantities.ts'

export type Canonical = {
  kind: 'option' | 'boolean' | 'number' | 'percent' | 'money' | 'quantity' | 'counted' | 'date' | 'literal' | 'text'
  /** Answers with the same key are the same answer. */
  key: string
  /** The answer in its canonical form. */
  answer: string
  /** The number in it as it was written, where it carries a unit, a currency or a percent sign. */
  magnitude?: string
}

/** What was asked for. `answerType` is the resolved one; `auto` where it is not known. */
export type AnswerContext = { answerType: AnswerType | 'auto'; choices: readonly string[] | null; language: string }

export const plainContext: AnswerContext = { answerType: 'auto', choices: null, language: 'en' }

const plainInteger = /^-?[1-9]\d{0,14}$/
const numberInSentence = /[-+]?(?:[$€£]\s?)?\d[\d.,]*(?:\s?%)?/g
/** The number in these is a part of what is meant, and not the answer. */
const notAlone = /sqrt|√|π|\b(?:pi|log|ln|exp|sin|cos|tan)\b|[\^!]|\d[kKMBxyzn]\b|\p{L}\d/u

/** The canonical form of a model's final; undefined when there is none. It never throws, and takes time linear in the final. */
export function canonicalise(final: string | null, context: AnswerContext = plainContext): Canonical | undefined {
  if (final === null) return undefined
  if (context.choices === null && plainInteger.test(final)) return { kind: 'number', key: final, answer: final }
  const text = cleanFinal(final)
  if (text === '') return undefined
  const { answerType, choices } = context
  if (choices !== null && choices.length > 0) return chosen(final.trim(), text, choices)
  if (answerType === 'boolean') return truth(text, true) ?? readAny(text, context)
  const letter = readLetter(text, answerType === 'choice')
  if (letter !== undefined && answerType !== 'number') return { kind: 'option', key: letter, answer: letter }
  return answerType === 'number' ? numeric(text, context) : readAny(text, context)
}

function chosen(final: string, text: string, choices: readonly string[]): Canonical {
  const literal = choices.indexOf(final)
  const index = literal >= 0 ? literal : (readChoice(text, choices) ?? readMeantChoice(text, choices))
  const choice = index === undefined ? undefined : choices[index]
  if (choice !== undefined) return { kind: 'option', key: `#${index}`, answer: choice }
  return { kind: 'text', key: `other: ${foldText(text)}`, answer: text }
}

function truth(text: string, asked: boolean): Canonical | undefined {
  const read = readBoolean(text, asked) ?? (asked ? readJudgement(text) : undefined)
  return read === undefined ? undefined : { kind: 'boolean', ...read }
}

function readAny(text: string, context: AnswerContext): Canonical {
  const quantity = measuredAs(text, context.language)
  if (quantity !== undefined) return quantity
  const boolean = truth(text, false)
  if (boolean !== undefined) return boolean
  const date = readDate(text, context.language)
  if (date !== undefined) return { kind: 'date', key: date, answer: date }
  const literal = readLiteral(text)
  if (literal !== undefined) return { kind: 'literal', key: literal, answer: literal }
  const quoted = readQuoted(text)
  if (quoted !== undefined && quoted.trim() !== '')
    return canonicalise(quoted, context) ?? { kind: 'text', key: text, answer: text }
  return { kind: 'text', key: foldText(text), answer: text }
}

function numeric(text: string, context: AnswerContext): Canonical {
  const quantity = measuredAs(text, context.language)
  if (quantity?.kind === 'counted' && quantity.magnitude !== undefined) {
    return { kind: 'number', key: quantity.magnitude, answer: quantity.magnitude }
  }
  const forms = quantity ?? measured(readEqualForms(text, context.language))
  if (forms !== undefined) return forms
  const numbers = text.length > 400 || notAlone.test(text) ? null : text.match(numberInSentence)
  const only = numbers?.length === 1 ? measuredAs((numbers[0] ?? '').replace(/[.,]$/, ''), context.language) : undefined
  return only ?? readAny(text, context)
}

function measuredAs(text: string, language: string): Canonical | undefined {
  return measured(readQuantity(text, language))
}

function measured(read: Quantity | undefined): Canonical | undefined {
  if (read === undefined) return undefined
  const { kind, key, answer, magnitude } = read
  return kind === 'number' || magnitude === '' ? { kind, key, answer } : { kind, key, answer, magnitude }
}
