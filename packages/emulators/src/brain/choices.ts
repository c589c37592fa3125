import { hash } from './hash.ts'
import { fold } from './language.ts'
import { packs } from './open/packs.ts'
import { phrases } from './phrases.ts'
import type { Prompt } from './prompt.ts'
import type { Solution } from './solution.ts'

type Choice = { final: string; text: string }

/** The choice that holds what is known, else the same pick for all who are not wrong; the final is its letter where it has one. */
export function pickChoice(
  { choices, language }: Prompt,
  known: Solution | undefined,
  key: string,
): Solution | undefined {
  const all = choices.map(readChoice)
  const known1 = known && all.find(({ text }) => holds(text, known.right.final))
  const right = known1 ?? all[Math.floor(hash(`${key}|choice`) * all.length)]
  const rest = all.filter((choice) => choice !== right)
  const wrong =
    (known1 && rest.find(({ text }) => holds(text, known?.wrong.final ?? ''))) ??
    rest[Math.floor(hash(`${key}|wrong`) * rest.length)]
  if (!right || !wrong) return undefined
  const pack = packs[language]
  const { answerIs, uncertain } = pack
  const conclude = (choice: Choice) =>
    answerIs(choice.final === choice.text ? choice.text : `${choice.final} (${choice.text})`)
  const wrongStep =
    known1 && known && holds(wrong.text, known.wrong.final) ? known.wrong.wrongStep : `${wrong.text} > ${right.text}`
  return {
    type: 'choice',
    right: { final: right.final, steps: [...(known1 && known ? known.right.steps : [uncertain]), conclude(right)] },
    wrong: {
      final: wrong.final,
      steps: [
        ...(known1 && known && wrongStep === known.wrong.wrongStep ? known.wrong.steps : [uncertain, wrongStep]),
        conclude(wrong),
      ],
      wrongStep,
    },
  }
}

/** `B) Lyon`, `(B) Lyon` or `Lyon`. */
function readChoice(line: string): Choice {
  const labelled = /^\(?([A-Z])[).:]\s*(\S.*)$/.exec(line)
  return labelled?.[1] && labelled[2] ? { final: labelled[1], text: labelled[2].trim() } : { final: line, text: line }
}

function holds(text: string, final: string): boolean {
  const [a, b] = [plain(text), plain(final)]
  if (a === b) return true
  const yesNo = Object.values(phrases).flatMap(({ yes, no }) => [
    [yes, 'true'],
    [no, 'false'],
  ])
  if (yesNo.some(([word = '', literal]) => plain(word) === b && (a === literal || a === plain(word)))) return true
  if (/^-?\d/.test(b)) return numbersIn(a).some((number) => number === Number(b)) && numbersIn(a).length === 1
  return b.length > 2 && ` ${a} `.includes(` ${b} `)
}

function plain(text: string): string {
  return fold(text)
    .replaceAll(/[^\p{L}\p{N}.\-/ ]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '')
}

function numbersIn(text: string): number[] {
  return (text.replaceAll(/(\d),(\d{3})/g, '$1$2').match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number)
}
