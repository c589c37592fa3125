import type { Reliability } from '@concord/contracts/panel'
import type { enTrackRecord } from './en-track-record.ts'
import type { Messages } from './messages.ts'

const domainNames: Record<Reliability['domain'], string> = {
  overall: 'Tous domaines',
  mathematics: 'Mathématiques',
  code: 'Code',
  science: 'Sciences',
  law: 'Droit',
  medicine: 'Médecine',
  business: 'Économie',
  general: 'Culture générale',
  language: 'Langue',
}

export const frTrackRecord: Pick<Messages, keyof typeof enTrackRecord> = {
  models: 'Modèles',
  panelTitle: 'Les modèles et leurs résultats',
  panelText:
    'Combien de fois chaque modèle a eu raison, autant qu’on le sache. Les notes viennent de ce que l’on dit des réponses, de questions dont la réponse est connue et, pour une part, de l’accord. Plus ses résultats sont bons, plus sa voix pèse.',
  provider: 'Fournisseur',
  answersIn: 'Répond en',
  latency: (median, slow) => `${median} (p50), ${slow} (p95)`,
  notKnownYet: 'Pas encore connu',
  prices: 'Prix par million de jetons',
  pricesInOut: (input, output) => `${input} lus, ${output} écrits`,
  recordOf: (model) => `Résultats de ${model}`,
  measuredRight: (share) => `${share} de réponses justes`,
  interval: (range) => `${range}, avec 90 % de certitude`,
  gradedAnswers: (n, shown) => (n <= 1 ? `${shown} réponse notée` : `${shown} réponses notées`),
  notMeasured: (enough) =>
    `Pas encore mesuré : le conseil compte les têtes jusqu’à ce que ${enough} réponses soient notées.`,
  gradedOfEnough: (graded, enough) => `${graded} sur ${enough}`,
  gradedSoFar: 'Notées jusqu’ici',
  byDomain: 'Par domaine',
  domain: 'Domaine',
  right: 'Justes',
  graded: 'Notées',
  domainName: (domain) => domainNames[domain],
  borrowed: (enough) => `À moins de ${enough} réponses notées, ce sont les résultats tous domaines qui comptent.`,
  calibrationTitle: 'Peut-on le croire sur parole ?',
  calibrationOf: (model) => `À quel point ${model} se dit sûr, et combien de fois il a raison`,
  calibrationPoint: (stated, right, items) =>
    `Quand il se dit sûr à ${stated}, il a raison dans ${right} des cas (notées : ${items}).`,
  calibrationStated: 'Se dit sûr à',
  calibrationRight: 'A raison',
  calibrationDiagonal: 'Sur la ligne pointillée, un modèle a raison aussi souvent qu’il le dit.',
  asTable: 'Sous forme de tableau',
  answers: 'Réponses',
  tendencyFair: 'À peu près aussi sûr qu’il devrait l’être.',
  tendencyOver: (points, n) => `Plus sûr qu’il ne devrait l’être, de ${points} ${n <= 1 ? 'point' : 'points'}.`,
  tendencyUnder: (points, n) => `Plus souvent juste qu’il ne le dit, de ${points} ${n <= 1 ? 'point' : 'points'}.`,
  tendencyBoth: (points) => `Tantôt trop sûr, tantôt pas assez : ${points} points d’écart en moyenne.`,

  weightMeaning: 'La voix d’un modèle pèse ce que valent ses résultats. Sans résultats, on compte les têtes.',
  seeRecords: 'Voir les résultats des modèles',

  feedbackTitle: 'Était-ce juste ?',
  feedbackText: 'Ce que vous en dites est noté dans les résultats de chaque modèle.',
  yes: 'Oui',
  no: 'Non',
  expectedLabel: 'Qu’aurait-il fallu répondre ?',
  optional: 'facultatif',
  saveExpected: 'Enregistrer',
  saving: 'Enregistrement…',
  recordedRight: 'Enregistré : vous avez dit que c’était juste.',
  recordedWrong: 'Enregistré : vous avez dit que c’était faux.',
  recordedExpected: (answer) => `La bonne réponse, selon vous : ${answer}.`,
  gradedRight: (models) => `Ont eu raison : ${models}.`,
  gradedWrong: (models) => `Ont eu tort : ${models}.`,
  feedbackChange: 'Vous pouvez changer d’avis à tout moment.',
}
