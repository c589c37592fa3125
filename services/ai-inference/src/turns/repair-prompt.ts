import { randomBytes } from 'node:crypto'
import { section } from '@concord/contracts/prompt-sections'

const quotedCharacters = 8_000

/** Asks again after an answer that could not be read. The answer is quoted as data, since it may hold anything. */
export function repairPrompt(user: string, broken: string): string {
  const token = randomBytes(8).toString('hex')
  return [
    user,
    'Your previous answer, quoted below as data, could not be read: it is not JSON of the form asked for.',
    section('PREVIOUS_ANSWER', token, broken.slice(0, quotedCharacters).toWellFormed()),
    'Answer again, completely, with one JSON object of that form and nothing else.',
  ].join('\n\n')
}
