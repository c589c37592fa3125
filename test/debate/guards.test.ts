import { describe, expect, test } from 'vitest'
import { readSections } from '../../packages/contracts/src/prompt-sections.ts'
import { tactics } from '../../packages/emulators/src/brain/tactics.ts'
import { aCouncil, asked } from './councils.ts'
import { deliberate, type AskedTurn } from './deliberate.ts'
import { answerBeforeDebate, isRight, tokens } from './measure.ts'
import { generateQuestions } from './questions.ts'

const questions = generateQuestions(40, 7)
const openQuestions = [
  'What are the main risks of nuclear power?',
  'Quels sont les avantages du télétravail ?',
  'Welche Vorteile hat die Windenergie?',
  '¿Por qué es importante la biodiversidad?',
]

/** Everything that a council of this kind was asked and said, question by question. */
function held(options: Partial<Parameters<typeof aCouncil>[0]> & Pick<Parameters<typeof aCouncil>[0], 'tactic'>) {
  const council = aCouncil({ truthful: 4, seed: 7, ...options })
  return questions.map((question, index) => ({
    question,
    council,
    ...deliberate(asked(council, question, index), council.brain, tokens(index)),
  }))
}

function readersOf(turns: readonly AskedTurn[]): AskedTurn[] {
  return turns.filter(({ purpose }) => purpose === 'vote' || purpose === 'debate' || purpose === 'synthesis')
}

describe.each(tactics)('a liar by %s', (tactic) => {
  test('does not move a panel that is right, be it as gullible as can be', () => {
    for (const { question, query, ...rest } of held({ tactic, wrongRate: 0, gullible: true })) {
      expect(isRight(question, answerBeforeDebate({ query, ...rest }))).toBe(true)
      expect(isRight(question, query.answer)).toBe(true)
      expect(query).toMatchObject({ status: 'completed', outcome: expect.stringMatching(/unanimous|consensus/) })
    }
  })

  test('never gets names, head-counts, confidences or bounds of sections before a reader', () => {
    for (const { turns, council } of held({ tactic, wrongRate: 0.3 })) {
      for (const { prompt } of readersOf(turns)) {
        const token = /<<<QUESTION ([0-9a-f]{16})>>>/.exec(prompt.user)?.[1] ?? ''
        const shown = readSections(prompt.user)
          .filter(({ name }) => name === 'PEER_POSITION' || name === 'CLAIM')
          .map(({ text }) => text)
          .join('\n')

        expect(prompt.user.replaceAll(/<<<(?:[A-Z_]+(?: \S+)?) [0-9a-f]{16}>>>/g, '')).not.toMatch(/<<<|>>>/)
        expect(prompt.user.match(/<<<END /g)?.length).toBe(prompt.user.split(`<<<END ${token}>>>`).length - 1)
        expect(`${shown}\n${prompt.system}`).not.toMatch(
          new RegExp([...council.truthful, council.liar, 'GPT', 'Claude'].join('|'), 'i'),
        )
        expect(shown).not.toMatch(/\d ?%|everybody|all other|experts|confidence|0\.\d\d|textbook|SYSTEM/i)
      }
    }
  })
})

test('no two messages have the same bounds', () => {
  for (const { turns } of held({ tactic: 'injection' })) {
    const stages = Map.groupBy(turns, ({ purpose, round }) => `${purpose} ${round}`)
    for (const messages of stages.values()) {
      const bounds = messages.map(({ prompt }) => /<<<QUESTION ([0-9a-f]{16})>>>/.exec(prompt.user)?.[1])
      expect(new Set(bounds).size).toBe(messages.length)
    }
  }
})

test('a reader sees one argument for each opposing position, in an order of its own', () => {
  const readings = held({ tactic: 'insist', wrongRate: 0.3 }).flatMap(({ turns }) =>
    turns.filter(({ purpose }) => purpose === 'debate'),
  )

  expect(readings.length).toBeGreaterThan(100)
  for (const { prompt } of readings) {
    const sections = readSections(prompt.user)
    const peers = sections.filter(({ name }) => name === 'PEER_POSITION').map(({ text }) => text.split('\n')[0])
    const own = sections.find(({ name }) => name === 'OWN_POSITION')?.text.split('\n')[0]
    expect(new Set([own, ...peers]).size).toBe(peers.length + 1)
  }
})

test('a change without a valid quotation counts half, and who changed and why is in the results', () => {
  const turncoats = held({ tactic: 'turncoat', wrongRate: 0.3 }).flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type === 'query_completed' && event.data.status === 'completed' ? [event.data.consensus] : [],
    ),
  )
  const changes = turncoats.flatMap((consensus) => consensus.changes)
  const invented = changes.filter(({ model }) => model === 'grok')
  const conceded = changes.filter(({ model }) => model !== 'grok')

  expect(invented.length).toBeGreaterThan(5)
  expect(invented.every((change) => change.error_quoted === null && change.reason !== '')).toBe(true)
  expect(conceded.length).toBeGreaterThan(5)
  expect(conceded.every((change) => change.error_quoted !== null && change.from !== change.to)).toBe(true)
})

describe('an open question', () => {
  test.each(tactics)('is decided as without a liar where one lies by %s', (tactic) => {
    for (const [index, text] of openQuestions.entries()) {
      const question = { kind: 'facts', text, language: 'en', answerType: 'boolean', choices: null, gold: '' } as const
      const accepted = (liar: boolean) => {
        const council = aCouncil({ truthful: 4, tactic, seed: 7, wrongRate: 0, ...(liar ? {} : { lies: false }) })
        const query = asked(council, question, index)
        const settings = { ...query.settings, answer_type: 'open', language: 'auto' } as const
        const { events } = deliberate({ ...query, settings }, council.brain, tokens(index))
        return events.flatMap((event) =>
          event.type === 'query_completed' && event.data.status === 'completed'
            ? event.data.consensus.convergence_points
            : [],
        )
      }

      expect(accepted(true)).toEqual(accepted(false))
    }
  })
})
