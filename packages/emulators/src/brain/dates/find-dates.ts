import { fold, languages } from '../language.ts'
import { phrases } from '../phrases.ts'

/** Days since 1 January 1970 in the Gregorian calendar. */
export type Day = number

const months = new Map(
  languages.flatMap((language) => phrases[language].months.map((name, index) => [fold(name), index + 1] as const)),
)
const monthNames = [...months.keys()].join('|')

const forms: { pattern: RegExp; order: 'ymd' | 'dmy' | 'mdy' }[] = [
  { pattern: /\b(\d{4})-(\d{2})-(\d{2})\b/g, order: 'ymd' },
  {
    pattern: new RegExp(
      `\\b(\\d{1,2})(?:st|nd|rd|th|er|\\.|º)? (?:of |de )?(${monthNames}),? (?:de |del )?(\\d{4})\\b`,
      'g',
    ),
    order: 'dmy',
  },
  { pattern: new RegExp(`\\b(${monthNames}) (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b`, 'g'), order: 'mdy' },
]

/** The dates written in a text, in the order in which they stand; impossible ones such as 30 February are left out. */
export function findDates(text: string): Day[] {
  return forms
    .flatMap(({ pattern, order }) =>
      [...fold(text).matchAll(pattern)].map((match) => ({ index: match.index, day: read(match.slice(1), order) })),
    )
    .toSorted((one, other) => one.index - other.index)
    .flatMap(({ day }) => day ?? [])
}

/** The month named in a text, 1 to 12. */
export function findMonth(text: string): number | undefined {
  const name = new RegExp(`\\b(${monthNames})\\b`).exec(fold(text))?.[1]
  return name === undefined ? undefined : months.get(name)
}

export function toDay(year: number, month: number, day: number): Day | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 86_400_000 : undefined
}

export function formatDay(day: Day): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

function read(parts: readonly string[], order: 'ymd' | 'dmy' | 'mdy'): Day | undefined {
  const [a = '', b = '', c = ''] = parts
  if (order === 'ymd') return toDay(Number(a), monthNumber(b), Number(c))
  return order === 'dmy' ? toDay(Number(c), monthNumber(b), Number(a)) : toDay(Number(c), monthNumber(a), Number(b))
}

function monthNumber(text: string): number {
  return months.get(text) ?? Number(text)
}
