import type { Language } from '../language.ts'
import { phrases } from '../phrases.ts'
import type { Solution, Way } from '../solution.ts'
import { findDates, findMonth, formatDay, toDay } from './find-dates.ts'

/** Answers questions on weekdays, days between dates, dates some days away, lengths of months and leap years. */
export function solveDate(question: string, language: Language, key: string): Solution | undefined {
  const dates = findDates(question)
  const [first, second] = dates
  if (first !== undefined && second !== undefined && dates.length === 2)
    return daysBetween(question, first, second, language)
  if (first !== undefined && dates.length === 1) {
    return daysAway(question, first, language) ?? weekday(question, first, language, key)
  }
  return dates.length === 0 ? (leapYear(question, language) ?? daysInMonth(question, language)) : undefined
}

function daysBetween(question: string, from: number, to: number, language: Language): Solution | undefined {
  const inWeeks = /weeks?\b|semaines?\b|wochen\b|semanas?\b/i.test(question)
  if (!inWeeks && !/\bdays?\b|\bjours?\b|\btagen?\b|\btage?\b|\bdías?\b/i.test(question)) return undefined
  const days = Math.abs(to - from)
  const numbered = [`${formatDay(from)} = ${from}`, `${formatDay(to)} = ${to}`].map(
    (text) => `${text} (1970-01-01 = 0)`,
  )
  const larger = Math.max(from, to)
  const smaller = Math.min(from, to)
  const way = (count: number, step: string): Way => {
    const final = inWeeks ? String(Math.floor(count / 7)) : String(count)
    const weeks = inWeeks ? [`${count} / 7 → ${final}`] : []
    return { final, steps: [...numbered, step, ...weeks, phrases[language].result(final)] }
  }
  const off = inWeeks ? 7 : 1
  const wrongStep = `${larger} - ${smaller} + ${off} = ${days + off}`
  return {
    type: 'number',
    right: way(days, `${larger} - ${smaller} = ${days}`),
    wrong: { ...way(days + off, wrongStep), wrongStep },
  }
}

function daysAway(question: string, from: number, language: Language): Solution | undefined {
  const [, count = '', unit = ''] =
    /(\d{1,5}) (days?|weeks?|jours?|semaines?|tagen?|tage?|wochen?|días?|semanas?)\b/iu.exec(question) ?? []
  const back = /before|earlier|avant|vor\b|antes/i.test(question)
  if (count === '' || !(back || /after|later|from|après|nach|después|plus tard|später/i.test(question)))
    return undefined
  const days = Number(count) * (/^(?:w|s)/i.test(unit) ? 7 : 1)
  const to = from + (back ? -days : days)
  const way = (day: number): Way => ({
    final: formatDay(day),
    steps: [
      `${formatDay(from)} ${back ? '-' : '+'} ${days} d = ${formatDay(day)}`,
      phrases[language].result(formatDay(day)),
    ],
  })
  const wrong = way(to + (back ? 1 : -1))
  return { type: 'open', right: way(to), wrong: { ...wrong, wrongStep: wrong.steps[0] ?? '' } }
}

function weekday(question: string, day: number, language: Language, key: string): Solution | undefined {
  const asks =
    /(?:which|what) day\b|weekday|day of the week|quel jour|jour de la semaine|wochentag|welcher tag|qué día|día de la semana/i
  if (!asks.test(question)) return undefined
  const { weekdays, result } = phrases[language]
  const thursday = weekdays[4] ?? ''
  const since = `${formatDay(day)} - 1970-01-01 (${thursday}) = ${day} d`
  const rest = ((day % 7) + 7) % 7
  const way = (days: number): Way => {
    const final = weekdays[(4 + days) % 7] ?? ''
    return { final, steps: [since, `${day} mod 7 = ${days}`, result(final)] }
  }
  const wrongRest = (rest + (key.length % 2 === 0 ? 1 : 6)) % 7
  return { type: 'open', right: way(rest), wrong: { ...way(wrongRest), wrongStep: `${day} mod 7 = ${wrongRest}` } }
}

function leapYear(question: string, language: Language): Solution | undefined {
  const year = Number(/\b(\d{1,4})\b/.exec(question)?.[1] ?? Number.NaN)
  if (!/leap year|bissextile|schaltjahr|bisiesto/i.test(question) || Number.isNaN(year)) return undefined
  const { yes, no, result } = phrases[language]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const divisors = [4, 100, 400].filter((divisor) => divisor === 4 || year % 4 === 0)
  const steps = divisors.map((divisor) => `${year} mod ${divisor} = ${year % divisor}`)
  const last = divisors.at(-1) ?? 4
  const wrongStep = `${year} mod ${last} = ${leap && last === 400 && year % 400 !== 0 ? 0 : leap ? last / 4 : 0}`
  const mistaken = leap && year % 100 !== 0 ? `${year} mod 4 = 2` : wrongStep
  return {
    type: 'boolean',
    right: { final: leap ? yes : no, steps: [...steps, result(leap ? yes : no)] },
    wrong: { final: leap ? no : yes, steps: [mistaken, result(leap ? no : yes)], wrongStep: mistaken },
  }
}

function daysInMonth(question: string, language: Language): Solution | undefined {
  const month = findMonth(question)
  if (month === undefined || !/how many days|combien de jours|wie viele tage|cuántos días/i.test(question))
    return undefined
  const year = Number(/\b(\d{4})\b/.exec(question)?.[1] ?? 2023)
  const length = (toDay(month === 12 ? year + 1 : year, (month % 12) + 1, 1) ?? 0) - (toDay(year, month, 1) ?? 0)
  const way = (days: number): Way => ({
    final: String(days),
    steps: [`${phrases[language].months[month - 1] ?? ''} ${year}: ${days}`, phrases[language].result(String(days))],
  })
  const wrong = way(length === 31 ? 30 : length === 30 ? 31 : length === 29 ? 28 : 29)
  return { type: 'number', right: way(length), wrong: { ...wrong, wrongStep: wrong.steps[0] ?? '' } }
}
