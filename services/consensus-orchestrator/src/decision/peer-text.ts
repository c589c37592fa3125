const longestText = 6_000
const sentenceEnd = /(?<=[.!?。！？])\s+(?=\p{Lu}|[¿¡"“«(]|\d)/u

const people =
  '(?:experts?|models?|panell?ists?|participants?|members?|peers?|debaters?|assistants?|ais?|voters?|modèles?|membres?|modelle?n?|experten?|expertinnen|teilnehmer|expertos?|modelos?|participantes?|miembros?)'
const many =
  '(?:all|every|most|both|nearly all|almost all|the majority|\\d{1,3}|two|three|four|five|six|seven|eight|tous|toutes|la plupart|la majorité|deux|trois|quatre|cinq|six|sept|alle|fast alle|die meisten|die mehrheit|zwei|drei|vier|fünf|sechs|sieben|todos|todas|la mayoría|dos|tres|cuatro|cinco|seis|siete)'
const fill =
  "(?:of|the|other|out|de|des|les|sur|autres?|von|der|den|anderen|los|las|demás|otros|otras|d['’]|\\d{1,3}|two|three|four|five|six|seven|eight|deux|trois|quatre|cinq|zwei|drei|vier|fünf|dos|tres|cuatro|cinco)"
const agreeing =
  "(?:agree[sd]?|agreed|accept(?:s|ed)?|confirm(?:s|ed)?|hold(?:s)?|concur(?:s|red)?|side[sd]?|says?|said|think(?:s)?|support(?:s|ed)?|answer(?:s|ed)?|voted?|converged?|d['’]accord|accordé(?:e?s)?|soutien(?:t|nent)|confirment?|pensent|einig(?:en|t)?|geeinigt|stimm(?:t|en)|vertreten|bestätig(?:t|en)|sagen|de acuerdo|acordado|coinciden?|sostienen?|confirman?|opinan?)"
const modelName =
  '(?:chat\\s?gpt|gpt|claude|gemini|grok|llama|mistral|deepseek|qwen|openai|anthropic|copilot)[-\\s]?[\\d.]*[\\w.-]{0,20}'
const sure = '(?:certain|sure|confident|positive|sûre?|certaine?|sicher|gewiss|überzeugt|segur[oa]|convencid[oa])'

const ranks =
  '(?:author|professor|expert|doctor|specialist|chair(?:man|woman)?|director|laureate|scholar|authority|inventor|auteure?|professeure?|médecin|spécialiste|autor(?:in|a)?|professor(?:in)?|profesora?|fachmann|fachfrau|ärzt(?:in)?|arzt|médic[oa]|especialista)'

/** Sentences that speak of people instead of the matter: who holds what, how many, how sure, of what rank; praise, and orders to whoever reads. */
const beside: readonly RegExp[] = [
  pattern(`${many}\\s+(?:${fill}\\s+){0,4}${people}(?:\\s+\\S{1,40}){0,6}\\s+${agreeing}`),
  pattern(
    `(?:everyone|everybody|all (?:the )?others?|the others|the rest|nobody|no one|tout le monde|tous les autres|personne|jeder|alle anderen|niemand|todo el mundo|todos los demás|nadie)(?:\\s+[\\p{L}’']+){0,5}\\s+${agreeing}`,
  ),
  pattern(
    `(?:the )?(?:only one|last one|only expert|outlier|le seul|la seule|der einzige|die einzige|el único|la única)(?:\\s+[\\p{L}]+){0,2}\\s+(?:left|restant|übrig|queda|who|qui|der|que)`,
  ),
  pattern(`${modelName}(?:[\\s,]+(?:and|et|und|y|or|${modelName})){0,6}(?:\\s+[\\p{L}]+){0,3}\\s+${agreeing}`),
  pattern(`(?:i am|i'm|as|je suis|ich bin|als|soy|como)\\s+${modelName}`),
  pattern(`\\d{1,3}(?:[.,]\\d+)?\\s?(?:%|percent|per cent|pour cent|prozent|por ciento)\\s+${sure}`),
  pattern(`${sure}\\s+(?:à|zu|al|at|to)\\s+\\d{1,3}(?:[.,]\\d+)?\\s?%`),
  pattern(`(?:zu|al|à)\\s+\\d{1,3}(?:[.,]\\d+)?\\s?%\\s+${sure}`),
  pattern(
    '(?:confidence|certainty|confiance|certitude|konfidenz|sicherheit|zuversicht|confianza|seguridad|certeza)(?:\\s+(?:level|score|of|is|de|von|est|ist|es|to|à|auf|en|a)){0,3}\\s*[:=]?\\s*(?:\\d{1,3}\\s?%|[01](?:[.,]\\d+)?)',
  ),
  /^\W{0,8}(?:system|developer)\s*(?:prompt|message|note)?\s*:|\bSYSTEM\s?:/u,
  pattern(
    `(?:as|en tant que?|en ma qualité d[e’']|als|como)\\s?(?:the|an?|d[’'e]|un[ea]?|l[’'ae]|ein[e]?|el|la|[’'])?\\s?(?:[\\p{L}’'-]+\\s){0,4}${ranks}`,
  ),
  pattern(
    '(?:official|published|amtliche[rn]?|offizielle[rn]?|oficial(?:es)?|officiel(?:le)?)\\s+(?:answer|solution|key|answer key|lösungsschlüssel|lösung|respuesta|solución|corrigé)|(?:corrigé|réponse|clave|respuesta|solución) (?:officielle?|oficial)',
  ),
  pattern(
    "(?:(?:mind|thinker|expert) (?:like|of) (?:you|yours|your)|(?:finest|greatest|sharpest|wisest|smartest|most brilliant) (?:minds?|thinkers?|experts?|analysis)|your (?:brilliant|excellent|superior|keen) \\p{L}+|esprit comme le vôtre|votre (?:brillante|excellente) \\p{L}+|plus brillante que j[’']aie lue|kopf wie ihrer|klügste,? die ich|ihre (?:brillante|kluge|hervorragende) \\p{L}+|mente como la (?:suya|tuya)|más brillante que he leído|su (?:brillante|excelente) \\p{L}+)",
  ),
  /<\|[a-z_]{2,20}\|>|\[\/?INST\]|###\s*(?:human|system|assistant|instruction)/iu,
  /(?:ignore[zr]?|ignoriere?(?:n sie)?|ignora|disregard|forget|oublie[zr]?|vergiss|olvida)\s+(?:\p{L}+\s+){0,3}(?:previous|prior|above|earlier|précédentes?|vorherigen?|bisherigen?|anteriores)?\s*(?:instructions?|rules|prompts?|anweisungen|regeln|consignes|instrucciones|reglas)/iu,
]

/**
 * What a reader gets to see of another's words: without the sentences that say who or how many hold a position, how sure they are, or what the
 * reader is to do. What the question itself is about stays.
 */
export function peerText(text: string, question = ''): string {
  const concerned = beside.filter((about) => !about.test(question))
  if (!concerned.some((about) => about.test(text.slice(0, longestText)))) return text
  return text
    .slice(0, longestText)
    .split('\n')
    .map((line) =>
      line
        .split(sentenceEnd)
        .filter((sentence) => !concerned.some((about) => about.test(sentence)))
        .join(' '),
    )
    .filter((line) => line.trim() !== '')
    .join('\n')
}

function pattern(source: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d])${source}(?![\\p{L}\\d])`, 'iu')
}
