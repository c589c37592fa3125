import { computed, signal } from '@preact/signals'
import { readSetting, writeSetting } from '../page/settings-store.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

/** The keys of English, whose texts are the first; every other language has to have the same. */
export type Messages = {
  [Key in keyof typeof en]: (typeof en)[Key] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string
}

export type Language = 'en' | 'fr'

const stored = 'concord.language'
const dictionaries: Record<Language, Messages> = { en, fr }

export const language = signal<Language>(firstLanguage())

/** The browser's own variety of the language, where it has one: dates are written differently in en-GB and en-US. */
export const locale = computed(
  () => navigator.languages.find((tag) => tag.startsWith(language.value)) ?? language.value,
)

/** The texts of the page: `t.value.ask`. */
export const t = computed(() => dictionaries[language.value])

export function chooseLanguage(chosen: Language): void {
  writeSetting(stored, chosen)
  language.value = chosen
}

function firstLanguage(): Language {
  const chosen = readSetting(stored)
  if (chosen === 'en' || chosen === 'fr') return chosen
  const preferred = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase())
  return preferred.find((tag) => tag === 'en' || tag === 'fr') === 'fr' ? 'fr' : 'en'
}
