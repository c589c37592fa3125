import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { domains } from '@concord/contracts/domains'
import type { Logger } from '@concord/service-kit/logging'
import { z } from 'zod'
import type { Anchor } from './ports.ts'

const common = {
  id: z.string().min(1).max(64),
  question: z.string().min(1).max(4_000),
  answer: z.string().min(1).max(500),
}

/** A file of anchors, named for its domain. */
export const AnchorFile = z
  .array(
    z.discriminatedUnion('answer_type', [
      z.strictObject({
        ...common,
        answer_type: z.literal('choice'),
        choices: z.array(z.string().min(1).max(500)).min(2).max(26),
      }),
      z.strictObject({ ...common, answer_type: z.enum(['number', 'boolean']), choices: z.null() }),
    ]),
  )
  .refine((anchors) => new Set(anchors.map(({ id }) => id)).size === anchors.length, 'expected distinct ids')
  .refine(
    (anchors) => anchors.every(({ choices, answer }) => choices === null || choices.includes(answer)),
    'expected the answer to be the text of a choice',
  )

/** All there are in the folder. A file that cannot be read is logged and left out: a service without anchors still answers. */
export function loadAnchors(folder: string, logger: Pick<Logger, 'error'>): Anchor[] {
  const files = new Set(listed(folder))
  return domains.flatMap((domain) => {
    const file = `${domain}.json`
    if (!files.has(file)) return []
    try {
      return AnchorFile.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))).map(
        ({ answer_type: answerType, ...anchor }) => ({ ...anchor, answerType, domain }),
      )
    } catch (err) {
      logger.error({ err, file }, 'these anchor questions cannot be read')
      return []
    }
  })
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
