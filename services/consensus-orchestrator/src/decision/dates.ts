import { removeAccents } from './fold-text.ts'

const monthNames: readonly string[] = [
  'january jan janvier janv januar janner enero ene',
  'february feb fevrier fevr februar febrero',
  'march mar mars marz marzo',
  'april apr avril avr abril abr',
  'may mai mayo',
  'june jun juin juni junio',
  'july jul juillet juil juli julio',
  'august aug aout agosto ago',
  'september sep sept septembre septiembre',
  'october oct octobre oktober okt octubre',
  'november nov novembre noviembre',
  'december dec decembre dezember dez diciembre dic',
]
const months = new Map(monthNames.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)))

const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+]00:?00)?)?$/
const dayFirst = /^(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s?(?:of |de |d')?([a-z]{3,10})\.?,?(?: de| del)? (\d{4})$/
const monthFirst = /^([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/
const monthOnly = /^([a-z]{3,10})\.?,?(?: of| de| del)? (\d{4})$/
const eastAsian = /^(\d{4})[年년]\s?(\d{1,2})[月월]\s?(\d{1,2})[日일]$/
const numeric = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/
const weekday =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lunes|martes|miercoles|jueves|viernes|sabado|domingo),? (?:(?:the|den|el|le) )?/
const articles = /^(?:on |the |le |den |am |el )+/

/**
 * YYYY-MM-DD or YYYY-MM; undefined for what is no date, or a numeric date that can be read in two ways: with slashes, in English or an unknown
 * language.
 */
export function readDate(text: string, language = 'en'): string | undefined {
  if (text.length < 7 || text.length > 60 || !/\d{4}/.test(text)) return undefined
  const east = eastAsian.exec(text)
  if (east !== null) return valid(Number(east[1]), Number(east[2]), Number(east[3]))
  const written = removeAccents(text.toLowerCase()).replace(weekday, '').replace(articles, '')
  const [, year, month, day] = iso.exec(written) ?? []
  if (year !== undefined) return valid(Number(year), Number(month), Number(day))
  const dayMonth = dayFirst.exec(written)
  if (dayMonth !== null) return valid(Number(dayMonth[3]), months.get(dayMonth[2] ?? ''), Number(dayMonth[1]))
  const monthDay = monthFirst.exec(written)
  if (monthDay !== null) return valid(Number(monthDay[3]), months.get(monthDay[1] ?? ''), Number(monthDay[2]))
  const only = monthOnly.exec(written)
  if (only !== null) return valid(Number(only[2]), months.get(only[1] ?? ''))
  return readNumericDate(written, !/^(?:en|auto)/i.test(language))
}

/** With full stops the day always comes first. */
function readNumericDate(written: string, dayComesFirst: boolean): string | undefined {
  const [, first, mark, second, year] = numeric.exec(written) ?? []
  const [a, b] = [Number(first), Number(second)]
  const known = dayComesFirst || mark === '.'
  if (year === undefined || (a <= 12 && b <= 12 && a !== b && !known)) return undefined
  return a > 12 || (known && b <= 12) ? valid(Number(year), b, a) : valid(Number(year), a, b)
}

function valid(year: number, month: number | undefined, day?: number): string | undefined {
  if (month === undefined || month < 1 || month > 12) return undefined
  const start = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
  if (day === undefined) return start
  const last = month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day >= 1 && day <= last ? `${start}-${String(day).padStart(2, '0')}` : undefined
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}
