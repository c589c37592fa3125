import type { Pack } from './pack.ts'

export const german: Pack = {
  themes: [
    {
      kind: 'definition',
      wordings: [
        'Im Kern versteht man {a} am besten über das Problem, das gelöst werden soll.',
        'Im Grunde versteht man {a} am besten über das Problem, das gelöst werden soll.',
        'Im Kern versteht man {a} am ehesten über das Problem, das gelöst werden soll.',
      ],
      why: 'Eine Beschreibung über den Zweck gilt in allen Fällen, die ich geprüft habe.',
    },
    {
      kind: 'benefit',
      wordings: [
        'Der größte Vorteil von {a} ist, dass jede Änderung klein bleibt und einzeln prüfbar ist.',
        'Der wichtigste Vorteil von {a} ist, dass jede Änderung klein bleibt und einzeln prüfbar ist.',
        'Der größte Nutzen von {a} ist, dass jede Änderung klein bleibt und einzeln prüfbar ist.',
      ],
      why: 'Kleine, prüfbare Schritte haben die meisten Erfolge gemeinsam.',
    },
    {
      kind: 'cost',
      wordings: [
        'Die Pflege von {a} wird anfangs unterschätzt und bestimmt später die Kosten.',
        'Die Pflege von {a} wird anfangs oft unterschätzt und bestimmt später die Kosten.',
        'Die Pflege von {a} wird zu Beginn unterschätzt und bestimmt später die Kosten.',
      ],
      why: 'Pläne zählen den ersten Aufwand und vergessen den späteren.',
    },
    {
      kind: 'context',
      wordings: [
        'Bei {a} kommt es mehr auf Menschen und Umstände an als auf die Idee selbst.',
        'Bei {a} kommt es stärker auf Menschen und Umstände an als auf die Idee selbst.',
        'Für {a} kommt es mehr auf Menschen und Umstände an als auf die Idee selbst.',
      ],
      why: 'Derselbe Ansatz führt in anderer Umgebung zum Gegenteil.',
    },
    {
      kind: 'measure',
      wordings: [
        'Eine klare Zahl, vorher und nachher erhoben, zeigt, ob {a} gewirkt hat.',
        'Eine klare Kennzahl, vorher und nachher erhoben, zeigt, ob {a} gewirkt hat.',
        'Eine einzige klare Zahl, vorher und nachher erhoben, zeigt, ob {a} gewirkt hat.',
      ],
      why: 'Ohne Vergleich sieht jedes Ergebnis wie ein Erfolg aus.',
    },
    {
      kind: 'method',
      wordings: [
        'Am sichersten beginnt man {a} mit einem begrenzten Versuch, der sich rückgängig machen lässt.',
        'Am sichersten startet man {a} mit einem begrenzten Versuch, der sich rückgängig machen lässt.',
        'Am besten beginnt man {a} mit einem begrenzten Versuch, der sich rückgängig machen lässt.',
      ],
      why: 'Was sich zurücknehmen lässt, kostet im Irrtum wenig.',
    },
    {
      kind: 'mistake',
      wordings: [
        'Ein häufiger Fehler bei {a} ist, ein Ergebnis ohne seine Voraussetzungen zu übernehmen.',
        'Ein verbreiteter Fehler bei {a} ist, ein Ergebnis ohne seine Voraussetzungen zu übernehmen.',
        'Ein häufiger Fehler bei {a} ist, ein Ergebnis ohne die Voraussetzungen zu übernehmen.',
      ],
      why: 'Erfolgsberichte verschweigen oft, was schon vorhanden war.',
    },
    {
      kind: 'evidence',
      wordings: [
        'Die Forschung zu {a} ist für kurze Zeiträume solide und für lange dünn.',
        'Die Forschung zu {a} ist für kurze Zeiträume solide, für lange aber dünn.',
        'Die Forschung über {a} ist für kurze Zeiträume solide und für lange dünn.',
      ],
      why: 'Die meisten Studien enden nach ein bis zwei Jahren.',
    },
    {
      kind: 'cause',
      wordings: [
        'Mehrere Ursachen von {a} verstärken einander, sodass keine allein alles erklärt.',
        'Mehrere Ursachen von {a} verstärken sich, sodass keine allein alles erklärt.',
        'Die Ursachen von {a} verstärken einander, sodass keine allein alles erklärt.',
      ],
      why: 'Fällt eine Ursache weg, schwächt das die Wirkung, ohne sie zu beenden.',
    },
  ],
  pro: {
    wordings: [
      'Binnen eines Jahres lohnt sich {a} für die meisten Beteiligten.',
      'Innerhalb eines Jahres lohnt sich {a} für die meisten Beteiligten.',
    ],
    why: 'Frühe Gewinne summieren sich schon in den ersten Monaten.',
    mistaken: 'Ich habe die Gewinne der Vorreiter für die aller gehalten.',
  },
  con: {
    wordings: [
      'Anfangs nimmt {a} mehr, als es gibt, und viele hören zu früh auf.',
      'Zuerst nimmt {a} mehr, als es gibt, und viele hören zu früh auf.',
    ],
    why: 'Der Gewinn kommt spät, der Aufwand sofort.',
    mistaken: 'Ich habe den Aufwand der ersten Wochen so gezählt, als dauerte er immer.',
  },
  stopwords:
    'was welche welcher welches wer wen wem wessen wann wo warum weshalb wieso wie ist sind war waren sein hat haben hatte wird werden kann können soll sollte sollten muss müssen darf der die das den dem des ein eine einen einem einer eines in im am an auf aus bei beim für mit ohne von vom zu zum zur über unter zwischen und oder aber nicht kein keine es sie er wir ihr man ich mich uns sich mehr meisten beste besten besser gute wichtig wichtigsten vorteile nachteile unterschied unterschiede grund gründe folgen wirkung auswirkungen erkläre erklären beschreibe nenne vergleiche dass wenn als auch nur so gibt als tun machen',
  intents: [
    { kind: 'cause', pattern: /warum|weshalb|wieso|ursache/i },
    { kind: 'method', pattern: /^wie |soll/i },
    { kind: 'definition', pattern: /^was ist|erklär|beschreib/i },
    { kind: 'benefit', pattern: /vorteil|nutzen/i },
  ],
  start: 'Die Frage betrifft {a}; zuerst prüfe ich, was sich sicher sagen lässt.',
  agree: [
    'Das deckt sich mit dem, was ich selbst gefunden habe.',
    'Ich sehe keinen Fall, der dagegen spricht.',
    'Es folgt aus denselben Tatsachen wie meine Antwort.',
  ],
  disagree: 'In den Fällen, die ich geprüft habe, gilt das nicht.',
  abstain: 'Aus den Angaben kann ich das nicht entscheiden.',
  concede: 'Der zitierte Schritt stimmt nicht; ohne ihn fällt der Schluss, und ich ändere meine Antwort.',
  keep: 'Ich habe jeden Schritt noch einmal geprüft, und kein Argument zeigt darin einen Fehler.',
  insist: 'Ich bleibe dabei: Der Einwand geht an der Frage vorbei, und meine Rechnung stimmt.',
  uncertain: 'Nichts in der Frage entscheidet es zweifelsfrei; ich nehme das Üblichere.',
  answerIs: (final) => `Die Antwort lautet ${final}.`,
  join: ['Außerdem gilt:', 'Zugleich gilt:', 'Hinzu kommt:'],
}
