import { detectLanguage } from '../language.ts'

const N = String.raw`(-?\(?[\d.][^a-z]*?|\d[\d.]*)`
const and = '(?:and|et|und|y)'

/** Word forms and signs → the operators of `parse`. Order matters: pairs before single words. */
const rules: [RegExp, string][] = [
  [/[×·∙⋅✕]/g, ' * '],
  [/(\d)\s*x\s*(?=\d)/g, '$1 * '],
  [/[÷:](?=\s*[\d(])/g, ' / '],
  [/[−–—]/g, '-'],
  [/\*\*/g, '^'],
  [/²/g, '^2'],
  [/³/g, '^3'],
  [/\b(?:sum|somme|summe|suma) (?:of|de|von|aus) /g, '#sum '],
  [/\b(?:product|produit|produkt|producto) (?:of|de|von|aus) /g, '#product '],
  [/\b(?:difference|différence|differenz|diferencia) (?:between|of|entre|de|zwischen|von) /g, '#difference '],
  [/\b(?:quotient|cociente) (?:of|de|von|aus) /g, '#quotient '],
  [new RegExp(`#sum ${N} ${and} ${N}(?=[^\\d.]|$)`, 'g'), '($1 + $2)'],
  [new RegExp(`#product ${N} ${and} ${N}(?=[^\\d.]|$)`, 'g'), '($1 * $2)'],
  [new RegExp(`#difference ${N} ${and} ${N}(?=[^\\d.]|$)`, 'g'), '($1 - $2)'],
  [new RegExp(`#quotient ${N} ${and} ${N}(?=[^\\d.]|$)`, 'g'), '($1 / $2)'],
  [/(?:remainder (?:when|of|if) )(\d+) (?:is )?divided by (\d+)/g, '$1 mod $2'],
  [
    /\b(?:the )?square root of|la racine carrée de|racine carrée de|(?:die )?quadratwurzel (?:aus|von)|(?:la )?raíz cuadrada de/g,
    ' √ ',
  ],
  [/\bhalf of\b|la moitié de|die hälfte von|la mitad de/g, ' 0.5 * '],
  [/\b(?:double|twice)\s+(?=[\d(])/g, ' 2 * '],
  [/\b(?:percent|per cent|pour cent|pourcent|prozent|por ciento)/g, '%'],
  [/(\d)\s*%\s*(?:of|de|von|del)\s+(?=[\d(√])/g, '$1% * '],
  [/(\d)\s*%\s*(?=\d)/g, '$1 mod '],
  [/\b(?:modulo|modulus)\b/g, 'mod'],
  [
    /\b(?:to the power of|raised to the power of|raised to|to the power|puissance|à la puissance|hoch|elevado a(?: la)?)\b/g,
    '^',
  ],
  [/\b(?:squared|au carré|al cuadrado|zum quadrat)(?![\p{L}])/gu, '^2'],
  [/\b(?:cubed|au cube|al cubo)\b/g, '^3'],
  [/\bfactorial\b/g, '!'],
  [/\b(?:multiplied by|multiplié par|multipliziert mit|multiplicado por|times|fois|mal)(?![\p{L}])/gu, '*'],
  [/\b(?:divided by|divisé par|geteilt durch|dividiert durch|dividido (?:entre|por)|over)\b/g, '/'],
  [/\b(?:plus|added to)\b|\bmás(?![\p{L}])/gu, '+'],
  [/\b(?:minus|less|moins|menos)\b/g, '-'],
]

/** Brings a question's arithmetic into plain operators, in lower case. */
export function normalise(question: string): string {
  const language = detectLanguage(question)
  let text = numberWords(question.toLowerCase())
  text = language === 'en' ? text : text.replaceAll(/(\d)[.  ](\d{3})(?!\d)/g, '$1$2').replaceAll(/(\d),(\d)/g, '$1.$2')
  text = text.replaceAll(/(\d),(?=\d{3}(?!\d))/g, '$1')
  if (language === 'es') text = text.replaceAll(/(\d) por (?=\d)/g, '$1 * ')
  for (const [pattern, replacement] of rules) text = text.replaceAll(pattern, replacement)
  return text
}

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const numberWord = new RegExp(
  `\\b(?:${[...small, ...tens].join('|')})(?:[- ](?:${[...small, ...tens, 'hundred', 'thousand', 'and(?= (?:' + [...small, ...tens].join('|') + ')\\b)'].join('|')}))*\\b`,
  'g',
)

/** English number words up to 999,999 → digits; "sum of two and three" keeps its "and". */
function numberWords(text: string): string {
  return text.replaceAll(numberWord, (words) =>
    /hundred|thousand/.test(words)
      ? String(wordsToNumber(words.split(/[- ]/)))
      : words
          .split(' and ')
          .map((part) => String(wordsToNumber(part.split(/[- ]/))))
          .join(' and '),
  )
}

function wordsToNumber(words: readonly string[]): number {
  let total = 0
  let group = 0
  for (const word of words) {
    if (word === 'hundred') group *= 100
    else if (word === 'thousand') [total, group] = [total + group * 1_000, 0]
    else if (tens.includes(word)) group += (tens.indexOf(word) + 2) * 10
    else if (small.includes(word)) group += small.indexOf(word)
  }
  return total + group
}
