import { fold, type Language } from '../language.ts'
import { packs } from '../open/packs.ts'
import { phrases } from '../phrases.ts'
import type { Solution, Way } from '../solution.ts'
import { capitals } from './capitals.ts'
import { type Fact, inLanguage } from './fact.ts'
import { chemistry, statements, world } from './general-facts.ts'

const facts: readonly Fact[] = [...capitals, ...chemistry, ...statements, ...world]

const known =
  'Standard reference works give {x}./Les ouvrages de référence donnent {x}./Die üblichen Nachschlagewerke nennen {x}./Las obras de referencia dan {x}.'
const remembered =
  'As far as I remember, reference works give {x}./De mémoire, les ouvrages de référence donnent {x}./Soweit ich mich erinnere, nennen Nachschlagewerke {x}./Que yo recuerde, las obras de referencia dan {x}.'

/** Answers short questions on a fact of the table. */
export function solveFact(question: string, language: Language): Solution | undefined {
  if (question.length > 160) return undefined
  const text = fold(question)
  const fact = facts.find(({ ask }) => ask.every((pattern) => pattern.test(text)))
  if (!fact) return undefined
  const wrong = way(fact, fact.wrong, fact.mistaken ?? remembered, language)
  return {
    type: fact.type,
    right: way(fact, fact.right, fact.because ?? known, language),
    wrong: { ...wrong, wrongStep: wrong.steps[0] ?? '' },
  }
}

function way(fact: Fact, final: string, step: string, language: Language): Way {
  const { yes, no } = phrases[language]
  const said = fact.type === 'boolean' ? (final === 'true' ? yes : no) : inLanguage(final, language)
  return { final: said, steps: [inLanguage(step, language).replace('{x}', said), packs[language].answerIs(said)] }
}
