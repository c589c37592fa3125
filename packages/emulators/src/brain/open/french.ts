import type { Pack } from './pack.ts'

export const french: Pack = {
  themes: [
    {
      kind: 'definition',
      wordings: [
        'Au fond, {a} se comprend le mieux par le problème à résoudre.',
        'Au fond, {a} se comprend mieux par le problème à résoudre.',
        'En somme, {a} se comprend le mieux par le problème à résoudre.',
      ],
      why: 'Une description par le but tient dans tous les cas que j’ai examinés.',
    },
    {
      kind: 'benefit',
      wordings: [
        'Le principal avantage de {a} est que chaque changement reste petit et vérifiable.',
        'Le grand avantage de {a} est que chaque changement reste petit et vérifiable.',
        'L’avantage principal de {a} est que chaque changement reste petit et vérifiable.',
      ],
      why: 'Des pas petits et vérifiables sont le point commun de la plupart des réussites.',
    },
    {
      kind: 'cost',
      wordings: [
        'L’entretien lié à {a} est sous-estimé au début et domine ensuite les coûts.',
        'L’entretien lié à {a} est souvent sous-estimé au début et domine ensuite les coûts.',
        'L’entretien lié à {a} est sous-estimé au départ et domine ensuite les coûts.',
      ],
      why: 'On compte le premier effort et on oublie la suite.',
    },
    {
      kind: 'context',
      wordings: [
        'Pour {a}, les personnes et les circonstances comptent davantage que l’idée elle-même.',
        'Pour {a}, les personnes et les circonstances comptent plus que l’idée elle-même.',
        'Avec {a}, les personnes et les circonstances comptent davantage que l’idée elle-même.',
      ],
      why: 'La même approche donne des résultats opposés selon le cadre.',
    },
    {
      kind: 'measure',
      wordings: [
        'Un seul chiffre clair, relevé avant et après, montre si {a} a eu un effet.',
        'Un seul chiffre clair, relevé avant et après, montre si {a} a un effet.',
        'Un chiffre clair, relevé avant et après, montre si {a} a eu un effet.',
      ],
      why: 'Sans comparaison, tout résultat ressemble à un succès.',
    },
    {
      kind: 'method',
      wordings: [
        'Il est plus sûr de commencer {a} par un essai limité que l’on peut annuler.',
        'Il est plus sûr de débuter {a} par un essai limité que l’on peut annuler.',
        'Il est plus prudent de commencer {a} par un essai limité que l’on peut annuler.',
      ],
      why: 'Ce qui peut être annulé coûte peu en cas d’erreur.',
    },
    {
      kind: 'mistake',
      wordings: [
        'Une erreur fréquente sur {a} consiste à copier un résultat sans ses conditions.',
        'Une erreur courante sur {a} consiste à copier un résultat sans ses conditions.',
        'Une erreur fréquente avec {a} consiste à copier un résultat sans ses conditions.',
      ],
      why: 'Les récits de réussite taisent souvent ce qui existait déjà.',
    },
    {
      kind: 'evidence',
      wordings: [
        'Les études sur {a} sont solides à court terme et rares à long terme.',
        'Les études sur {a} sont solides à court terme mais rares à long terme.',
        'Les recherches sur {a} sont solides à court terme et rares à long terme.',
      ],
      why: 'La plupart des études s’arrêtent après un an ou deux.',
    },
    {
      kind: 'cause',
      wordings: [
        'Plusieurs causes de {a} se renforcent, si bien qu’aucune n’explique tout à elle seule.',
        'Plusieurs causes de {a} se renforcent, de sorte qu’aucune n’explique tout à elle seule.',
        'Diverses causes de {a} se renforcent, si bien qu’aucune n’explique tout à elle seule.',
      ],
      why: 'Supprimer une cause affaiblit l’effet sans y mettre fin.',
    },
  ],
  pro: {
    wordings: [
      'En moins d’un an, {a} vaut l’effort pour la plupart des intéressés.',
      'En moins d’une année, {a} vaut l’effort pour la plupart des intéressés.',
    ],
    why: 'Les premiers gains s’additionnent dès les premiers mois.',
    mistaken: 'J’ai pris les gains des pionniers pour ceux de tout le monde.',
  },
  con: {
    wordings: [
      'Au début, {a} prend plus que cela ne donne, et beaucoup abandonnent trop tôt.',
      'D’abord, {a} prend plus que cela ne donne, et beaucoup abandonnent trop tôt.',
    ],
    why: 'Les gains viennent tard alors que la dépense vient tout de suite.',
    mistaken: 'J’ai compté la dépense des premières semaines comme si elle durait toujours.',
  },
  stopwords:
    'que quoi quel quelle quels quelles qui quand où comment pourquoi est sont était étaient être a ont avoir le la les l un une des de du d au aux en dans sur sous pour par avec sans entre et ou mais ne pas plus moins ce cet cette ces il elle on nous vous ils elles se s qu y faut doit peut peuvent fait faire principaux principales principal meilleur meilleure meilleurs important avantages inconvénients différence différences raison raisons manière façon effet effets expliquez explique décrire vaut mieux je tu mon ma notre leur leurs utiliser',
  intents: [
    { kind: 'cause', pattern: /pourquoi|cause|raison/i },
    { kind: 'method', pattern: /comment|faut-il/i },
    { kind: 'definition', pattern: /qu['’]est-ce|expliqu|décri/i },
    { kind: 'benefit', pattern: /avantage|intérêt/i },
  ],
  start: 'La question porte sur {a} ; je regarde d’abord ce que l’on peut dire avec certitude.',
  agree: [
    'Cela correspond à ce que j’ai trouvé de mon côté.',
    'Je ne vois aucun cas qui s’y oppose.',
    'Cela découle des mêmes faits que les miens.',
  ],
  disagree: 'Cela ne tient pas dans les cas que j’ai vérifiés.',
  abstain: 'Je ne peux pas en juger d’après ce qui est donné.',
  concede: 'L’étape citée ne tient pas ; sans elle la conclusion tombe, et je change ma réponse.',
  keep: 'J’ai revérifié chaque étape et aucun argument n’y montre d’erreur.',
  insist: 'Je reste certain : l’objection passe à côté de la question, et mon calcul tient.',
  uncertain: 'Rien dans la question ne tranche sans doute possible ; je retiens le plus courant.',
  answerIs: (final) => `La réponse est ${final}.`,
  join: ['De plus,', 'En même temps,', 'Il faut ajouter ceci :'],
}
