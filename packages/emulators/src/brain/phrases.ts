import type { Language } from './language.ts'

export type Phrases = {
  yes: string
  no: string
  result: (final: string) => string
  weekdays: readonly string[]
  months: readonly string[]
}

const pack = (
  yes: string,
  no: string,
  result: (final: string) => string,
  weekdays: string,
  months: string,
): Phrases => ({
  yes,
  no,
  result,
  weekdays: weekdays.split(' '),
  months: months.split(' '),
})

export const phrases: Record<Language, Phrases> = {
  en: pack(
    'yes',
    'no',
    (final) => `So the result is ${final}.`,
    'Sunday Monday Tuesday Wednesday Thursday Friday Saturday',
    'January February March April May June July August September October November December',
  ),
  fr: pack(
    'oui',
    'non',
    (final) => `Le résultat est donc ${final}.`,
    'dimanche lundi mardi mercredi jeudi vendredi samedi',
    'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  ),
  de: pack(
    'ja',
    'nein',
    (final) => `Das Ergebnis ist also ${final}.`,
    'Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag',
    'Januar Februar März April Mai Juni Juli August September Oktober November Dezember',
  ),
  es: pack(
    'sí',
    'no',
    (final) => `El resultado es, por tanto, ${final}.`,
    'domingo lunes martes miércoles jueves viernes sábado',
    'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  ),
}
