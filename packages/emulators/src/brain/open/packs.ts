import type { Language } from '../language.ts'
import { english } from './english.ts'
import { french } from './french.ts'
import { german } from './german.ts'
import type { Pack } from './pack.ts'
import { spanish } from './spanish.ts'

export const packs: Record<Language, Pack> = { en: english, fr: french, de: german, es: spanish }
