import { foldText, foldWords, isProse } from './fold-text.ts'

const bareLetter = /^(?:[([{]([A-Za-z])[)\]}]|([A-Za-z]))[.:)]?$/
const namedLetter =
  /^(?:the )?(?:option|choice|answer|réponse|choix|antwort|opción|respuesta)\s?[#:]?\s?[([]?([A-Za-z])[)\]]?[.:)]?$/i
const letterThenText =
  /^(?:(?:option|choice|choix|antwort|opción)\s)?(?:[([]([A-Za-z])[)\]]|([A-Za-z])(?:[.:)]| [-–]))[.:)]?\s+(\S.*)$/is
const bareNumber = /^(?:(?:option|choice|choix|antwort|opción)\s?#?|#)?[([]?(\d{1,2})[)\].]?$/i

/** The letter of an option, with or without brackets. `asked` allows the letter to be followed by the option's text. */
export function readLetter(text: string, asked: boolean): string | undefined {
  if (text.length === 1) return /[A-Za-z]/.test(text) ? text.toUpperCase() : undefined
  const bare = bareLetter.exec(text) ?? namedLetter.exec(text)
  if (bare !== null) return (bare[1] ?? bare[2])?.toUpperCase()
  if (!asked) return undefined
  const [, bracketed, plain] = letterThenText.exec(text) ?? []
  return (bracketed ?? plain)?.toUpperCase()
}

/** Which of the choices a final means: by its text, its letter, its number, or as the only choice that it names. */
export function readChoice(text: string, choices: readonly string[]): number | undefined {
  const exact = same(text, choices)
  if (exact !== undefined) return exact
  const [, bracketed, plain, rest] = letterThenText.exec(text) ?? []
  if (rest !== undefined) {
    const byText = same(rest.trim(), choices)
    if (byText !== undefined) return byText
    return within(choices, indexOfLetter(bracketed ?? plain ?? '')) ?? onlyNamed(text, choices)
  }
  const letter = readLetter(text, false)
  if (letter !== undefined) return within(choices, indexOfLetter(letter))
  const [, number] = bareNumber.exec(text) ?? []
  if (number !== undefined) return within(choices, Number(number) - 1)
  return onlyNamed(text, choices)
}

function same(text: string, choices: readonly string[]): number | undefined {
  const literal = choices.indexOf(text)
  if (literal >= 0) return literal
  const { folded, words } = readOptions(choices)
  const key = foldText(text)
  const at = folded.indexOf(key)
  if (at >= 0 && folded.lastIndexOf(key) === at) return at
  const wordsAt = words.indexOf(foldWords(text))
  return wordsAt >= 0 && words.lastIndexOf(words[wordsAt] ?? '') === wordsAt ? wordsAt : undefined
}

type OptionTexts = { folded: readonly string[]; words: readonly string[] }

/** The same options are read for each model's final. */
const optionsRead = new WeakMap<readonly string[], OptionTexts>()

function readOptions(choices: readonly string[]): OptionTexts {
  const known = optionsRead.get(choices)
  if (known !== undefined) return known
  const prose = choices.map((choice) => isProse(choice))
  const folded = choices.map((choice, index) => (prose[index] === true ? foldWords(choice) : foldText(choice)))
  const words = choices.map((choice, index) => {
    const bare = choice.replace(letterThenText, '$3')
    return bare === choice && prose[index] === true ? (folded[index] ?? '') : foldWords(bare)
  })
  const read = { folded, words }
  optionsRead.set(choices, read)
  return read
}

function onlyNamed(text: string, choices: readonly string[]): number | undefined {
  const sentence = ` ${foldWords(text)} `
  const named = choices
    .map((choice, index) => ({ index, words: ` ${foldWords(choice)} ` }))
    .filter(({ words }) => words.length > 3 && sentence.includes(words))
    .toSorted((a, b) => b.words.length - a.words.length)
  const [longest] = named
  if (longest === undefined) return undefined
  const others = sentence.replaceAll(longest.words, '  ')
  return named.some(({ index, words }) => index !== longest.index && others.includes(words)) ? undefined : longest.index
}

function within(choices: readonly string[], index: number): number | undefined {
  return index >= 0 && index < choices.length ? index : undefined
}

function indexOfLetter(letter: string): number {
  return letter.toUpperCase().charCodeAt(0) - 65
}
