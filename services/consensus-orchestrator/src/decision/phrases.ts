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
  ru: {
    answerIs: (answer) => `Ответ: ${answer}.`,
    noAnswer: 'Ни одна модель не дала ответа.',
    noClaims: 'Модели не сошлись ни на одном утверждении.',
    notSettled: (positions) => `Модели не пришли к одному ответу: ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} из ${of})`,
    stillOpen: (claims) => `Остаётся спорным: ${claims}`,
    against: (claim) => `Неверно: ${claim}`,
  },
  ar: {
    answerIs: (answer) => `الجواب هو ${answer}.`,
    noAnswer: 'لم يعطِ أي نموذج جوابًا.',
    noClaims: 'لم تتفق النماذج على أي قول.',
    notSettled: (positions) => `لم تتفق النماذج على جواب واحد: ${positions}.`,
    share: (answer, count, of) => `${answer} (${count} من ${of})`,
    stillOpen: (claims) => `ما زال محل خلاف: ${claims}`,
    against: (claim) => `غير صحيح: ${claim}`,
  },
  zh: {
    answerIs: (answer) => `答案是${answer}。`,
    noAnswer: '没有模型给出答案。',
    noClaims: '各模型没有就任何论点达成一致。',
    notSettled: (positions) => `各模型未能得出同一个答案：${positions}。`,
    share: (answer, count, of) => `${answer}（${of}个中的${count}个）`,
    stillOpen: (claims) => `仍有争议：${claims}`,
    against: (claim) => `并非如此：${claim}`,
  },
  ja: {
    answerIs: (answer) => `答えは${answer}です。`,
    noAnswer: 'どのモデルも回答しませんでした。',
    noClaims: 'モデルの間で一致した主張はありません。',
    notSettled: (positions) => `モデルの答えは一つにまとまりませんでした：${positions}。`,
    share: (answer, count, of) => `${answer}（${of}のうち${count}）`,
    stillOpen: (claims) => `まだ争われている点：${claims}`,
    against: (claim) => `そうではない：${claim}`,
  },
}
