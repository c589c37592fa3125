import { domains } from '@concord/contracts/domains'
import type { Domain } from '@concord/contracts/domains'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadAnchors } from '../anchors/anchor-questions.ts'
import { domainOf } from './domain-of.ts'

const examples: readonly [Domain, string][] = [
  ['mathematics', 'What is 17 times 23?'],
  [
    'mathematics',
    'Natalia sold clips to 48 of her friends in April, and then half as many in May. How many did she sell, 48 + 24 aside, in 2 months?',
  ],
  ['mathematics', 'Solve for x: 3x + 5 = 20'],
  ['mathematics', 'Quelle est la dérivée de x^3 ?'],
  ['mathematics', 'Wie lautet die Quadratwurzel aus 144?'],
  ['mathematics', '¿Cuántas manzanas quedan si tengo 12 y como 5?'],
  ['mathematics', 'Combien font 12 × 12 ?'],
  ['code', 'What does this Python function return?\n```python\ndef f(x):\n    return x[::-1]\n```'],
  ['code', 'Which SQL join keeps unmatched rows of the left table?'],
  ['code', 'Was ist die Zeitkomplexität von Quicksort in Python?'],
  ['code', '¿Cómo se declara un array en JavaScript?'],
  ['code', 'Quelle est la complexité temporelle de cet algorithme ?'],
  ['science', 'Why is the sky blue?'],
  ['science', 'Quel est le point d’ébullition de l’eau au niveau de la mer ?'],
  ['science', 'Welches Element hat im Periodensystem die Ordnungszahl 8?'],
  ['science', '¿Qué planeta del sistema solar tiene más lunas?'],
  ['science', 'What is the charge of an electron?'],
  ['law', 'Can a landlord evict a tenant without notice under German law?'],
  ['law', 'Le contrat est-il valable sans signature devant un tribunal ?'],
  ['law', 'Wie lang ist die Kündigungsfrist nach dem Gesetz?'],
  ['law', '¿Puede el demandado recurrir ante el tribunal?'],
  ['law', 'Is hearsay admissible as evidence in court?'],
  ['medicine', 'What is the first-line treatment of type 2 diabetes?'],
  ['medicine', 'Quels sont les symptômes de la maladie de Lyme ?'],
  ['medicine', 'Welches Medikament hilft gegen hohen Blutdruck?'],
  ['medicine', '¿Qué vacuna se recomienda a un paciente mayor?'],
  ['business', 'How does a company report deferred revenue on its balance sheet?'],
  ['business', 'Comment une entreprise calcule-t-elle sa marge brute ?'],
  ['business', 'Was bedeutet ein höherer Zinssatz für Unternehmen?'],
  ['business', '¿Cómo afecta la inflación a una empresa?'],
  ['language', 'What is the past tense of the verb "to lie"?'],
  ['language', 'Traduisez cette phrase en anglais.'],
  ['language', 'Wie lautet der Plural von Wort?'],
  ['language', '¿Cuál es un sinónimo de la palabra feliz?'],
  ['language', 'How do you spell accommodate?'],
  ['general', 'What is the capital of Australia?'],
  ['general', 'In which year did the Second World War end?'],
  ['general', 'Quelle est la capitale du Canada ?'],
  ['general', 'Wer war der erste Präsident der USA?'],
  ['general', '¿Quién pintó Las meninas?'],
  ['general', 'Hello?'],
]

describe('what a question is about', () => {
  test.each(examples)('%s: %s', (domain, question) => {
    expect(domainOf(question)).toBe(domain)
  })

  test('is told by the choices too', () => {
    expect(domainOf('Which of these?', ['the plaintiff', 'the defendant', 'the court'])).toBe('law')
  })

  test('is found of three anchors in four, and no domain is lost among the others', () => {
    const anchors = loadAnchors()
    const found = (some: typeof anchors) =>
      some.filter(({ question, choices, domain }) => domainOf(question, choices) === domain).length / some.length

    expect(found(anchors)).toBeGreaterThan(0.75)
    for (const domain of domains)
      expect(found(anchors.filter((anchor) => anchor.domain === domain))).toBeGreaterThan(0.5)
  })

  test('is one of the domains, whatever the question', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9_000, unit: 'binary' }), (text) => {
        expect(domains).toContain(domainOf(text))
      }),
    )
  })
})
