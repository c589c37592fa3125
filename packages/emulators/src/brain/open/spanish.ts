import type { Pack } from './pack.ts'

export const spanish: Pack = {
  themes: [
    {
      kind: 'definition',
      wordings: [
        'En el fondo, {a} se entiende mejor a partir del problema que se quiere resolver.',
        'En esencia, {a} se entiende mejor a partir del problema que se quiere resolver.',
        'En el fondo, {a} se entiende a partir del problema que se quiere resolver.',
      ],
      why: 'Una descripción por el propósito vale en todos los casos que he revisado.',
    },
    {
      kind: 'benefit',
      wordings: [
        'La principal ventaja de {a} es que cada cambio sigue siendo pequeño y comprobable.',
        'La mayor ventaja de {a} es que cada cambio sigue siendo pequeño y comprobable.',
        'La ventaja principal de {a} es que cada cambio sigue siendo pequeño y comprobable.',
      ],
      why: 'Los pasos pequeños y comprobables son lo común en la mayoría de los éxitos.',
    },
    {
      kind: 'cost',
      wordings: [
        'El mantenimiento de {a} se subestima al principio y luego domina los costes.',
        'El mantenimiento de {a} se subestima mucho al principio y luego domina los costes.',
        'El mantenimiento de {a} se subestima al inicio y luego domina los costes.',
      ],
      why: 'Se cuenta el primer esfuerzo y se olvida lo que sigue.',
    },
    {
      kind: 'context',
      wordings: [
        'Con {a} importan más las personas y las circunstancias que la idea misma.',
        'Para {a} importan más las personas y las circunstancias que la idea misma.',
        'Con {a} importan más las personas y las circunstancias que la propia idea.',
      ],
      why: 'El mismo enfoque da resultados opuestos en otro entorno.',
    },
    {
      kind: 'measure',
      wordings: [
        'Una cifra clara, tomada antes y después, muestra si {a} ha tenido efecto.',
        'Una sola cifra clara, tomada antes y después, muestra si {a} ha tenido efecto.',
        'Una cifra clara, tomada antes y después, muestra si {a} tuvo efecto.',
      ],
      why: 'Sin comparación, todo resultado parece un éxito.',
    },
    {
      kind: 'method',
      wordings: [
        'Lo más seguro es empezar {a} con una prueba limitada que se pueda deshacer.',
        'Lo más seguro es comenzar {a} con una prueba limitada que se pueda deshacer.',
        'Lo más prudente es empezar {a} con una prueba limitada que se pueda deshacer.',
      ],
      why: 'Lo que se puede deshacer cuesta poco cuando resulta un error.',
    },
    {
      kind: 'mistake',
      wordings: [
        'Un error frecuente con {a} es copiar un resultado sin las condiciones que lo hicieron posible.',
        'Un error común con {a} es copiar un resultado sin las condiciones que lo hicieron posible.',
        'Un error frecuente sobre {a} es copiar un resultado sin las condiciones que lo hicieron posible.',
      ],
      why: 'Las historias de éxito callan lo que ya existía.',
    },
    {
      kind: 'evidence',
      wordings: [
        'Los estudios sobre {a} son sólidos a corto plazo y escasos a largo plazo.',
        'Los estudios sobre {a} son sólidos a corto plazo pero escasos a largo plazo.',
        'Los estudios de {a} son sólidos a corto plazo y escasos a largo plazo.',
      ],
      why: 'La mayoría de los estudios termina en uno o dos años.',
    },
    {
      kind: 'cause',
      wordings: [
        'Varias causas de {a} se refuerzan entre sí, de modo que ninguna lo explica todo.',
        'Varias causas de {a} se refuerzan, de modo que ninguna lo explica todo.',
        'Diversas causas de {a} se refuerzan entre sí, de modo que ninguna lo explica todo.',
      ],
      why: 'Quitar una causa debilita el efecto sin acabar con él.',
    },
  ],
  pro: {
    wordings: [
      'En menos de un año {a} merece el esfuerzo para la mayoría de los interesados.',
      'En un año {a} merece el esfuerzo para la mayoría de los interesados.',
    ],
    why: 'Las primeras ganancias se suman ya en los primeros meses.',
    mistaken: 'Tomé las ganancias de los pioneros por las de todos.',
  },
  con: {
    wordings: [
      'Al principio {a} quita más de lo que da, y muchos lo dejan demasiado pronto.',
      'Al comienzo {a} quita más de lo que da, y muchos lo dejan demasiado pronto.',
    ],
    why: 'La ganancia llega tarde y el gasto llega enseguida.',
    mistaken: 'Conté el gasto de las primeras semanas como si durara siempre.',
  },
  stopwords:
    'qué que cuál cuáles quién quiénes cuándo dónde cómo por porqué es son era eran ser estar está están ha han haber hay tiene tienen el la los las un una unos unas de del a al en con sin sobre entre para y e o u pero no ni se su sus lo le les me te nos más menos mejor mejores principal principales importante ventajas desventajas diferencia diferencias razón razones manera forma efecto efectos explica explique describe compara debe deben debería puede pueden hacer usar este esta estos estas como si muy también yo tú nuestro',
  intents: [
    { kind: 'cause', pattern: /por qué|causa|razon|razón/i },
    { kind: 'method', pattern: /cómo|debe/i },
    { kind: 'definition', pattern: /qué (?:es|son)|explica|describe/i },
    { kind: 'benefit', pattern: /ventaja|beneficio/i },
  ],
  start: 'La pregunta trata de {a}; primero veo qué se puede decir con certeza.',
  agree: [
    'Coincide con lo que encontré por mi cuenta.',
    'No veo ningún caso que hable en contra.',
    'Se deduce de los mismos hechos en que me basé.',
  ],
  disagree: 'No se cumple en los casos que he comprobado.',
  abstain: 'No puedo decidirlo con lo que se da.',
  concede: 'El paso citado no se sostiene; sin él cae la conclusión, y cambio mi respuesta.',
  keep: 'He revisado cada paso y ningún argumento muestra un error en ellos.',
  insist: 'Sigo convencido: la objeción no atiende a la pregunta, y mi cálculo es correcto.',
  uncertain: 'Nada en la pregunta lo decide sin duda; me quedo con lo más habitual.',
  answerIs: (final) => `La respuesta es ${final}.`,
  join: ['Además,', 'Al mismo tiempo,', 'Hay que añadir que'],
}
