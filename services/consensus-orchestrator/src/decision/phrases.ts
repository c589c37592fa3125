import type { Language } from './language.ts'

type Phrases = {
  answerIs: (answer: string) => string
  noAnswer: string
  noClaims: string
  notSettled: (positions: string) => string
  share: (answer: string, count: number, of: number) => string
  stillOpen: (claims: string) => string
  against: (claim: string) => string
}

/** The few sentences that Concord says itself. */
export const phrases: Record<Language, Phrases> = {
  en: {
    answerIs: (answer) => `The answer is ${answer}.`,
    noAnswer: 'No model gave an answer.',
    noClaims: 'The models agreed on no claim.',
    notSettled: (positions) => `The models did not settle on one answer: ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} of ${of})`,
    stillOpen: (claims) => `Still disputed: ${claims}`,
    against: (claim) => `Not so: ${claim}`,
  },
  fr: {
    answerIs: (answer) => `La réponse est ${answer}.`,
    noAnswer: 'Aucun modèle n’a donné de réponse.',
    noClaims: 'Les modèles ne s’accordent sur aucune affirmation.',
    notSettled: (positions) => `Les modèles ne se sont pas accordés sur une réponse : ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} sur ${of})`,
    stillOpen: (claims) => `Encore discuté : ${claims}`,
    against: (claim) => `Contesté : ${claim}`,
  },
  de: {
    answerIs: (answer) => `Die Antwort ist ${answer}.`,
    noAnswer: 'Kein Modell hat eine Antwort gegeben.',
    noClaims: 'Die Modelle stimmen in keiner Aussage überein.',
    notSettled: (positions) => `Die Modelle haben sich nicht auf eine Antwort geeinigt: ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} von ${of})`,
    stillOpen: (claims) => `Noch strittig: ${claims}`,
    against: (claim) => `Bestritten: ${claim}`,
  },
  es: {
    answerIs: (answer) => `La respuesta es ${answer}.`,
    noAnswer: 'Ningún modelo dio una respuesta.',
    noClaims: 'Los modelos no coinciden en ninguna afirmación.',
    notSettled: (positions) => `Los modelos no se pusieron de acuerdo en una respuesta: ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} de ${of})`,
    stillOpen: (claims) => `Aún en disputa: ${claims}`,
    against: (claim) => `Discutido: ${claim}`,
  },
}
