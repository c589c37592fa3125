import { readLatex } from './latex.ts'

const longestFinal = 4_000
const label =
  /^(?:(?:so|thus|therefore|hence|donc|also|daher|por lo tanto),? )?(?:the |my |our |la |le |ma |die |das |meine |el )?(?:(?:correct|right|best|final|finale|bonne|richtige|endgültige|correcta) )?(?:answer|result|solution|option|choice|réponse|reponse|résultat|antwort|ergebnis|lösung|respuesta|resultado|solución)(?: (?:finale?|correcte?|correcta))?\s?(?:(?:is|est|ist|lautet|es)(?= |:)|[:=])\s?:?\s?/i
const choosing = /^I(?:'d| would)? (?:choose|pick|select) (?=\S)/i
const approximately =
  /^(?:approximately|approx\.?|about|around|roughly|circa|ca\.?|environ|etwa|ungefähr|aproximadamente) (?=[-+$€£\d.])/i
const boldLabel = /^\*\*([^*:]{1,60})(?::\*\*|\*\*\s?:)\s?/
const equation = /^(?:[a-zA-Z]\s?)?=\s?(?=[-+−\d$€£(\\.])/
const wrapping =
  /^(?:\*\*([^*]{1,2000})\*\*|\*(\p{L}[^*]{1,2000})\*|__([^_]{1,2000})__|`{1,3}([^`]{1,2000})`{1,3})[.!]?$/u

/** A model's final without its dress: LaTeX, Markdown, "The answer is", a closing full stop. Doing it again changes nothing. */
export function cleanFinal(final: string): string {
  let text = final.length > longestFinal ? final.slice(0, longestFinal) : final
  text = normaliseSigns(text).trim()
  for (let before = ''; before !== text;) {
    before = text
    text = readLatex(text).replace(wrapping, '$1$2$3$4').replace(boldLabel, '$1: ')
    text = text.replace(label, '').replace(choosing, '').replace(equation, '').replace(approximately, '')
    text = closingStop(text.trim())
  }
  return text
}

/** Vulgar fractions and superscripts first: NFKC alone would make 1½ eleven halves, and 10³ a hundred and three. */
function normaliseSigns(text: string): string {
  if (isAscii(text)) return text
  return text
    .replace(/(\d)\s?(?=[¼-¾⅐-⅞])/g, '$1 ')
    .replace(/(?<=[\p{L}\d)])[⁺⁻]?[⁰¹²³⁴-⁹]{1,6}/gu, (power) => `^${power.normalize('NFKC')}`)
    .replace(/[\u00a0\u202f\u2009\u2007\u3000]/g, ' ')
    .replace(/[\u200b-\u200f\u2060\ufeff]/g, '')
    .normalize('NFKC')
    .replace(/\u2044/g, '/')
    .replace(/\u2212/g, '-')
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 126) return false
  return true
}

function closingStop(text: string): string {
  const beforeStop = text.charCodeAt(text.length - 2)
  const closes = text.length > 1 && text.endsWith('.') && beforeStop !== 46 && beforeStop !== 32
  return closes ? text.slice(0, -1) : text
}
