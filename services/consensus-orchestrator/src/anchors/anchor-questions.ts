import { readFileSync } from 'node:fs'
import { domains, type Domain } from '@concord/contracts/domains'
import { z } from 'zod'
import { canonicalise, plainContext } from '../decision/canonicalise.ts'

const folder = new URL('../../anchors/', import.meta.url)

const common = {
  id: z.string().regex(/^[a-z]+-\d{3}$/, 'expected an id such as law-007'),
  question: z.string().min(1).max(8_000).regex(/\S/, 'expected some text'),
}

const ChoiceAnchor = z
  .strictObject({
    ...common,
    answer_type: z.literal('choice'),
    choices: z
      .array(
        z
          .string()
          .min(1)
          .max(500)
          .regex(/^\S(.*\S)?$/, 'expected one line of text'),
      )
      .min(2)
      .max(26),
    answer: z.string(),
  })
  .refine(({ choices, answer }) => choices.filter((choice) => choice === answer).length === 1, {
    path: ['answer'],
    error: 'expected one of the choices, which stands there once',
  })
  .refine(({ choices }) => allDiffer(choices, choices) && allDiffer(choices, null), {
    path: ['choices'],
    error: 'expected choices that are told apart when they are answered',
  })

const NumberAnchor = z.strictObject({
  ...common,
  answer_type: z.literal('number'),
  choices: z.null(),
  answer: z.string().refine((answer) => isPlainNumber(answer), 'expected a number in its canonical form'),
})

const BooleanAnchor = z.strictObject({
  ...common,
  answer_type: z.literal('boolean'),
  choices: z.null(),
  answer: z.enum(['yes', 'no']),
})

/** A question with a known answer, as it is kept on disk. For a choice the answer is the text of one of the choices. */
export const AnchorQuestion = z.discriminatedUnion('answer_type', [ChoiceAnchor, NumberAnchor, BooleanAnchor])
export type AnchorQuestion = z.output<typeof AnchorQuestion>

/** All anchor questions, read from the folder beside the package. Throws, with the file's name, where one is missing or not as it should be. */
export function loadAnchors(): (AnchorQuestion & { domain: Domain })[] {
  const anchors = domains.flatMap((domain) => readDomain(domain))
  const ids = new Set(anchors.map(({ id }) => id))
  if (ids.size < anchors.length) throw new Error('anchors: an id stands there twice')
  return anchors
}

function readDomain(domain: Domain): (AnchorQuestion & { domain: Domain })[] {
  const file = `${domain}.json`
  try {
    const questions = z.array(AnchorQuestion).parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    return questions.map((question) => ({ ...question, domain }))
  } catch (error) {
    throw new Error(`anchors: ${file} cannot be read`, { cause: error })
  }
}

function allDiffer(choices: readonly string[], context: readonly string[] | null): boolean {
  const keys = choices.map((choice) => canonicalise(choice, { ...plainContext, choices: context })?.key)
  return new Set(keys).size === choices.length
}

function isPlainNumber(answer: string): boolean {
  const read = canonicalise(answer, { ...plainContext, answerType: 'number' })
  return read?.kind === 'number' && read.answer === answer
}
