export type GeneratedQuestion = {
  kind: 'arithmetic' | 'units' | 'dates' | 'facts' | 'choices'
  text: string
  language: 'en' | 'fr' | 'de' | 'es'
  answerType: 'number' | 'boolean' | 'choice'
  choices: string[] | null
  /** Worked out here, apart from whoever answers. */
  gold: string
}

type Random = () => number

/** As many questions of each kind, one after the other; the same for the same seed. */
export function generateQuestions(count: number, seed: number): GeneratedQuestion[] {
  const random = randomFrom(seed)
  const kinds = [arithmetic, units, dates, facts, choices]
  return Array.from({ length: count }, (_, index) => {
    const make = kinds[index % kinds.length] ?? arithmetic
    return make(random, Math.floor(index / kinds.length))
  })
}

const asking = {
  en: (expression: string) => `What is ${expression}?`,
  fr: (expression: string) => `Combien font ${expression} ?`,
  de: (expression: string) => `Was ist ${expression}?`,
  es: (expression: string) => `¿Cuánto es ${expression}?`,
} as const
const languages = ['en', 'fr', 'de', 'es'] as const

function arithmetic(random: Random, index: number): GeneratedQuestion {
  const language = languages[index % 4] ?? 'en'
  const [expression, value] = anExpression(random, index)
  const text = asking[language](expression)
  return { kind: 'arithmetic', text, language, answerType: 'number', choices: null, gold: String(value) }
}

function anExpression(random: Random, index: number): [string, number] {
  const [a, b, c] = [between(random, 12, 98), between(random, 12, 98), between(random, 3, 49)]
  if (index % 3 === 0) return [`${a} * ${b}`, a * b]
  return index % 3 === 1 ? [`${a} * ${b} + ${c}`, a * b + c] : [`(${a} + ${b}) * ${c}`, (a + b) * c]
}

const conversions = [
  ['km', 'metres', 1_000],
  ['hours', 'minutes', 60],
  ['minutes', 'seconds', 60],
  ['weeks', 'days', 7],
  ['kg', 'grams', 1_000],
  ['metres', 'centimetres', 100],
  ['tonnes', 'kg', 1_000],
  ['litres', 'millilitres', 1_000],
  ['days', 'hours', 24],
  ['cm', 'millimetres', 10],
] as const

function units(random: Random, index: number): GeneratedQuestion {
  const [from, to, factor] = conversions[index % conversions.length] ?? conversions[0]
  const amount = between(random, 3, 970)
  const text = `How many ${to} are in ${amount} ${from}?`
  return { kind: 'units', text, language: 'en', answerType: 'number', choices: null, gold: String(amount * factor) }
}

const dayMs = 86_400_000

function dates(random: Random, index: number): GeneratedQuestion {
  const common = { kind: 'dates', language: 'en', choices: null } as const
  if (index % 3 === 0) {
    const year = between(random, 1_700, 2_400)
    const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29
    return { ...common, text: `Is ${year} a leap year?`, answerType: 'boolean', gold: isLeap ? 'yes' : 'no' }
  }
  const from = Date.UTC(2_000, 0, 1) + between(random, 0, 9_000) * dayMs
  const days = between(random, 5, 900)
  const [start, end] = [from, from + days * dayMs].map((time) => new Date(time).toISOString().slice(0, 10))
  const text = `How many days are there between ${start} and ${end}?`
  return { ...common, text, answerType: 'number', gold: String(days) }
}

const capitals = [
  'Australia Canberra Sydney',
  'Canada Ottawa Toronto',
  'Germany Berlin Munich',
  'Spain Madrid Barcelona',
  'Italy Rome Milan',
  'Japan Tokyo Osaka',
  'China Beijing Shanghai',
  'Morocco Rabat Casablanca',
  'Nigeria Abuja Lagos',
  'Kazakhstan Astana Almaty',
  'Vietnam Hanoi Saigon',
  'Portugal Lisbon Porto',
  'Poland Warsaw Krakow',
  'Norway Oslo Bergen',
  'Switzerland Bern Zurich',
].map((line) => line.split(' '))
const capitalQuestions = [
  (country: string) => `What is the capital of ${country}?`,
  (country: string) => `Which city is the capital of ${country}?`,
  (country: string) => `Name the capital of ${country}.`,
  (country: string) => `Where is the capital of ${country}?`,
]
const statements: readonly (readonly [string, 'yes' | 'no'])[] = [
  ['the Sun is a star', 'yes'],
  ['the Earth is flat', 'no'],
  ['a whale is a mammal', 'yes'],
  ['a tomato is a fruit', 'yes'],
  ['humans use only ten percent of their brain', 'no'],
  ['sound travels through a vacuum', 'no'],
  ['lightning can strike the same place twice', 'yes'],
  ['a penguin can fly', 'no'],
  ['light is faster than sound', 'yes'],
  ['vaccines cause autism', 'no'],
]
const statementQuestions = [
  (statement: string) => `Is it true that ${statement}?`,
  (statement: string) => `Would you say that ${statement}?`,
  (statement: string) => `Do experts hold that ${statement}?`,
  (statement: string) => `Is it a fact that ${statement}?`,
]

function facts(random: Random, index: number): GeneratedQuestion {
  const at = Math.floor(index / 2)
  if (index % 2 === 0) {
    const [statement, gold] = statements[at % statements.length] ?? ['the Sun is a star', 'yes']
    const ask = statementQuestions[Math.floor(at / statements.length) % 4]
    const text = ask?.(statement) ?? ''
    return { kind: 'facts', text, language: 'en', answerType: 'boolean', choices: null, gold }
  }
  const [country = '', gold = '', other = ''] = capitals[at % capitals.length] ?? []
  const [, another = ''] = capitals[(at + 7) % capitals.length] ?? []
  const text = capitalQuestions[Math.floor(at / capitals.length) % 4]?.(country) ?? ''
  const options = inAnyOrder(random, [gold, other, another])
  return { kind: 'facts', text, language: 'en', answerType: 'choice', choices: options, gold }
}

function choices(random: Random, index: number): GeneratedQuestion {
  const language = languages[index % 4] ?? 'en'
  const [expression, value] = anExpression(random, index)
  const options = inAnyOrder(random, [value, value + 10, value - 1, value + 100]).map(String)
  const text = asking[language](expression)
  return { kind: 'choices', text, language, answerType: 'choice', choices: options, gold: String(value) }
}

function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

function inAnyOrder<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

/** Mulberry32. */
function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
