const sentencePunctuation = /[.,;:!?"'`´‘’“”„«»‹›()[\]{}…¿¡·•|*_~#]+/g
const hyphens = /(?<=\p{L})[-‐‑‒–—/](?=\p{L})/gu
const leadingArticle = /^(?:the|an|a|le|la|les|une|un|der|die|das|eine|ein|el|los|las|una) (?=.)/
const elidedArticle = /^[ld]['’](?=\p{L})/u
const expressionSign = /[=+*/^<>≤≥√∞≈∈∪∩×÷±]|\d\s*[-−]|[-−]\s*\d|[([{]/
const codeMark = /^[.,;:]|[.,;:]{2}[^.]|[.;:,][^\s.,;:!?"'”’)»]|[|\\$_#@&~%<>{}]|\s{3}|\t|[a-z][A-Z].*[a-z][A-Z]/
const longText = 2_000

/** The key under which two wordings of one text meet: without case, accents, articles and punctuation, where these carry no meaning. */
export function foldText(text: string): string {
  if (text.length > longText) return `${foldText(text.slice(0, longText))} …${text.length}`
  if (expressionSign.test(text)) return foldExpression(text)
  if (codeMark.test(text)) return text.normalize('NFC')
  return foldWords(text)
}

/** Whether a text is folded as words only. */
export function isProse(text: string): boolean {
  return text.length <= longText && !expressionSign.test(text) && !codeMark.test(text)
}

/** Words only: for texts that are known to be prose. */
export function foldWords(text: string): string {
  const words = removeAccents(text.toLowerCase().replace(elidedArticle, ''))
    .replace(hyphens, ' ')
    .replace(sentencePunctuation, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return words.replace(leadingArticle, '') || text.trim().toLowerCase()
}

export function removeAccents(text: string): string {
  return /[^\0-\x7f]/.test(text) ? plainLetters(text) : text
}

function plainLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ß/g, 'ss')
    .replace(/œ/g, 'oe')
    .replace(/æ/g, 'ae')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .normalize('NFC')
}

function foldExpression(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[−–]/g, '-')
    .replace(/\*\*/g, '^')
    .replace(/[×·]/g, '*')
    .replace(/\s+/g, /[\p{L}]{3}/u.test(text) ? ' ' : '')
    .replace(/\s*([=+*/^<>,-])\s*/g, '$1')
    .replace(/(?<=[\d)])\*(?=[\p{L}(])/gu, '')
    .trim()
}
