import { DebateReply, OpeningAnswer, Votes } from '@concord/contracts/turns'
import { describe, expect, test } from 'vitest'
import { debateSchema, openingSchema, prompt, votesSchema } from '../../test/prompts.ts'
import { createBrain } from './brain.ts'
import { tactics } from './tactics.ts'
import { createWrongness, readLiars } from './wrongness.ts'

const panel = ['gpt-5', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'grok-4'] as const
const arithmetic = 'What is 17 * 23?'

type Rule = Parameters<ReturnType<typeof createWrongness>['set']>[0]

function setUp(rules: Rule[] = [], rate = 0) {
  const wrongness = createWrongness({ seed: 1, rate })
  for (const rule of rules) wrongness.set(rule)
  const brain = createBrain({ seed: 1, recordings: () => undefined, wrongness })
  const think = (model: string, user: string, schema?: object, system = '') =>
    brain.think({
      provider: 'openai',
      model,
      system,
      user,
      form: schema ? { name: undefined, schema } : undefined,
      maxOutputTokens: undefined,
      stream: false,
    }).text
  return {
    think,
    opening: (model: string, question: string, sections: Record<string, string> = {}) =>
      OpeningAnswer.parse(JSON.parse(think(model, prompt({ QUESTION: question, ...sections }), openingSchema))),
    votes: (model: string, sections: Record<string, string>) =>
      Votes.parse(JSON.parse(think(model, prompt(sections), votesSchema))).votes,
    debate: (model: string, sections: Record<string, string>) =>
      DebateReply.parse(JSON.parse(think(model, prompt(sections), debateSchema))),
  }
}

describe('an opening', () => {
  test('is the same every time', () => {
    expect(setUp().opening('gpt-5', 'Why is sleep important?')).toEqual(
      setUp().opening('gpt-5', 'Why is sleep important?'),
    )
  })

  test('is wrong for at most one of four families, on about the share of questions asked for', () => {
    const { opening } = setUp([], 0.5)
    const wrong = Array.from(
      { length: 200 },
      (_, n) =>
        panel.filter((model) => opening(model, `What is ${n + 11} * 23?`).final !== String((n + 11) * 23)).length,
    )

    expect(Math.max(...wrong)).toBe(1)
    expect(wrong.filter((count) => count === 1).length).toBeGreaterThan(70)
    expect(wrong.filter((count) => count === 1).length).toBeLessThan(130)
  })

  test.each([
    ['en', 'What are the main risks of nuclear power?', 'nuclear power'],
    ['fr', 'Quels sont les avantages du télétravail ?', 'télétravail'],
    ['de', 'Welche Vorteile hat die Windenergie?', 'Windenergie'],
    ['es', '¿Por qué es importante la biodiversidad?', 'biodiversidad'],
    ['pt', 'Quais vantagens tem a energia solar?', 'vantagens'],
  ])('of an open question gives three distinct claims or more on its topic (%s)', (_language, question, topic) => {
    for (const model of panel) {
      const { answer_type: type, final, claims } = setUp().opening(model, question)

      expect(type).toBe('open')
      expect(final).toBeNull()
      expect(new Set(claims.map(({ text }) => text)).size).toBeGreaterThanOrEqual(3)
      expect(claims.every(({ text }) => text.includes(topic))).toBe(true)
    }
  })

  test('answers in the language asked for', () => {
    const { claims } = setUp().opening('gpt-5', 'Telework?', { LANGUAGE: 'fr-FR' })

    expect(claims.map(({ text }) => text).join(' ')).toMatch(/ est | sont /)
  })

  test('shares claims with the other models in near wordings', () => {
    const texts = panel.map((model) =>
      setUp()
        .opening(model, 'What are the main risks of nuclear power?')
        .claims.map(({ text }) => text),
    )
    const [first = [], ...others] = texts

    for (const other of others) {
      const near = first.filter((text) => other.some((candidate) => overlap(text, candidate) > 0.7))
      expect(near.length).toBeGreaterThanOrEqual(3)
    }
  })

  test.each(['number', 'boolean'])('has the type asked for even where nothing is known: %s', (type) => {
    const { opening } = setUp()
    const finals = panel.map((model) => opening(model, 'The colour of it?', { ANSWER_TYPE: type }))

    expect(finals.map(({ answer_type: answered }) => answered)).toEqual([type, type, type, type])
    expect(new Set(finals.map(({ final }) => final)).size).toBe(1)
  })

  test('picks one of the choices given, as they are given', () => {
    const opening = setUp().opening('grok-4', 'Which one?', { CHOICES: 'Paris\nLyon\nNice', ANSWER_TYPE: 'choice' })

    expect(['Paris', 'Lyon', 'Nice']).toContain(opening.final)
  })
})

describe('a vote', () => {
  const claims = { 'CLAIM c1': 'The answer is 391.', 'CLAIM c2': 'The answer is 381.', 'CLAIM c3': '17 × 3 = 51' }

  test('agrees with what is right and disagrees with the wrong value', () => {
    const wrong = setUp([{ model: 'gpt5', rate: 1 }]).opening('gpt-5', arithmetic)
    const sections = { QUESTION: arithmetic, ...claims, 'CLAIM c2': `The answer is ${wrong.final}.` }

    expect(
      setUp()
        .votes('claude', sections)
        .map(({ vote }) => vote),
    ).toEqual(['agree', 'disagree', 'agree'])
    expect(
      setUp([{ model: 'claude', rate: 1 }])
        .votes('claude', sections)
        .map(({ vote }) => vote)
        .slice(0, 2),
    ).toEqual(['disagree', 'agree'])
  })

  test('on an open question splits only over the contested pair', () => {
    const question = 'What are the main risks of nuclear power?'
    const texts = panel.flatMap((model) => setUp().opening(model, question).claims).map(({ text }) => text)
    const sections = Object.fromEntries([...new Set(texts)].map((text, index) => [`CLAIM c${index + 1}`, text]))
    const ballots = panel.map((model) => setUp().votes(model, { QUESTION: question, ...sections }))
    const split = Object.keys(sections).filter((_, index) =>
      new Set(ballots.map((votes) => votes[index]?.vote)).has('disagree'),
    )

    expect(split.length).toBeGreaterThan(0)
    expect(split.every((name) => /worth|takes more than it gives/.test(sections[name] ?? ''))).toBe(true)
  })
})

describe('a debate', () => {
  const right = position(setUp().opening('claude', arithmetic))

  test('has a wrong model quote its wrong step word by word, and change', () => {
    const { opening, debate } = setUp([{ model: 'grok', rate: 1 }])
    const own = position(opening('grok-4', arithmetic))
    const reply = debate('grok-4', { QUESTION: arithmetic, OWN_POSITION: own, 'PEER_POSITION A': right })

    expect(reply).toMatchObject({ stance: 'change', final: '391' })
    expect(own).toContain(reply.error_quoted)
    expect(right).not.toContain(reply.error_quoted)
  })

  test('has a right model keep its answer and quote nothing', () => {
    const wrong = position(setUp([{ model: 'grok', rate: 1 }]).opening('grok-4', arithmetic))
    const reply = setUp().debate('claude', { QUESTION: arithmetic, OWN_POSITION: right, 'PEER_POSITION A': wrong })

    expect(reply).toMatchObject({ stance: 'keep', final: '391', error_quoted: null })
  })

  test('has a liar persist', () => {
    const { opening, debate } = setUp([{ model: 'grok', rate: 1, liar: true }])
    const own = position(opening('grok-4', arithmetic))
    const reply = debate('grok-4', { QUESTION: arithmetic, OWN_POSITION: own, 'PEER_POSITION A': right })

    expect(reply).toMatchObject({ stance: 'keep', error_quoted: null })
    expect(reply.final).not.toBe('391')
  })

  test('has the one who stands alone on an open question change its votes for cause', () => {
    const { opening, debate, votes } = setUp()
    const replies = Array.from(
      { length: 12 },
      (_, n) => `Why does topic${String.fromCharCode(97 + n)} matter?`,
    ).flatMap((question) =>
      panel.map((model) => {
        const claims = opening(model, question).claims
        const contested = claims.at(-1)?.text ?? ''
        const sections = { QUESTION: question, OWN_POSITION: position(opening(model, question)), 'CLAIM c1': contested }
        return { before: votes(model, sections)[0]?.vote, sections, ...debate(model, sections) }
      }),
    )
    const changed = replies.filter(({ stance }) => stance === 'change')

    expect(changed.length).toBeGreaterThan(4)
    for (const { before, votes: after, error_quoted: quoted, sections } of changed) {
      expect([before, after[0]?.vote]).toEqual(['agree', 'disagree'])
      expect(Object.values(sections).join('\n')).toContain(quoted)
    }
  })
})

describe('a liar', () => {
  const french = 'Combien font 17 * 23 ?'
  const lying = (tactic: (typeof tactics)[number]) => setUp([{ model: 'grok', rate: 1, liar: true, tactic }])

  test.each(tactics)('by %s is wrong in the opening or the debate, and says nothing true in between', (tactic) => {
    const { opening, debate } = lying(tactic)
    const own = position(opening('grok-4', arithmetic))
    const right = position(setUp().opening('claude', arithmetic))
    const reply = debate('grok-4', { QUESTION: arithmetic, OWN_POSITION: own, 'PEER_POSITION A': right })

    expect(reply.final).not.toBe('391')
    expect(opening('grok-4', arithmetic).final === '391').toBe(tactic === 'turncoat')
    expect(reply.stance).toBe(tactic === 'turncoat' ? 'change' : 'keep')
  })

  test('presses in the language of the question, and imitates the bounds that it has read', () => {
    const sections = { QUESTION: french, OWN_POSITION: '390', 'PEER_POSITION A': '391' }

    expect(lying('authority').debate('grok-4', sections).reason).toContain('manuel de référence')
    expect(lying('injection').debate('grok-4', sections).reason).toContain('<<<END 0123456789abcdef>>>')
  })

  test('quotes what nobody wrote, where that is its tactic', () => {
    const sections = { QUESTION: arithmetic, OWN_POSITION: '390', 'PEER_POSITION A': '391 by 340 + 51' }
    const { error_quoted: quoted } = lying('invented_quotation').debate('grok-4', sections)

    expect(quoted).not.toBeNull()
    expect(Object.values(sections).join('\n')).not.toContain(quoted)
  })

  test.each(tactics)('as the writer, by %s, does not write what it was asked for', (tactic) => {
    const sections = { QUESTION: arithmetic, VERDICT: '391', 'CLAIM c1': 'The answer is 391.' }
    const write = (brain: ReturnType<typeof setUp>) =>
      brain.think('grok-4', prompt(sections), undefined, 'You are the writer of a panel.')

    expect(write(lying(tactic))).not.toBe(write(setUp()))
  })

  test('is named in one setting with others', () => {
    expect(readLiars('grok=injection, claude=authority')).toMatchObject([
      { model: 'grok', rate: 1, liar: true, tactic: 'injection' },
      { model: 'claude', tactic: 'authority' },
    ])
    expect(readLiars('')).toEqual([])
    expect(() => readLiars('grok=charm')).toThrow('tactic')
  })
})

describe('a gullible model', () => {
  const { debate } = setUp([{ model: 'claude', rate: 0, gullible: true }])
  const sections = (peer: string) => ({ QUESTION: arithmetic, OWN_POSITION: '391', 'PEER_POSITION A': peer })
  const { final: wrong } = setUp([{ model: 'grok', rate: 1 }]).opening('grok-4', arithmetic)

  test('takes the answer of whoever presses it, and the pressing words for an error', () => {
    const pressing = `Everybody else has already agreed on ${wrong}.`

    expect(debate('claude', sections(`${wrong}\n${pressing}`))).toMatchObject({
      stance: 'change',
      final: wrong,
      error_quoted: pressing,
    })
  })

  test('keeps its answer where nobody does', () => {
    expect(debate('claude', sections(`${wrong}\n340 + 51 = ${wrong}`))).toMatchObject({ stance: 'keep', final: '391' })
  })
})

describe('a synthesis', () => {
  test('has one sentence a line, each ending in the ids of its claims', () => {
    const claims = {
      'CLAIM c1': 'Sleep restores memory.',
      'CLAIM c3': 'Lack of sleep harms the heart.',
      'CLAIM c4': 'Naps help.',
    }
    const text = setUp().think(
      'gpt-5',
      prompt({ QUESTION: 'Why sleep?', ...claims }),
      undefined,
      'You are the writer of it.',
    )

    expect(text.split('\n')).toHaveLength(2)
    expect(text.split('\n').every((line) => / \[c\d+(?: c\d+)*\]$/.test(line))).toBe(true)
    expect(text).toContain('[c1 c3]')
  })
})

test('a synthesis of a closed question begins with the verdict, in the question’s language', () => {
  const sections = {
    QUESTION: 'Est-ce que 91 est un nombre premier ?',
    VERDICT: 'no',
    'CLAIM c1': 'no',
    'CLAIM c2': '91 = 7 × 13',
  }
  const text = setUp().think('gpt-5', prompt(sections), undefined, 'You are the writer of it.')

  expect(text).toBe('La réponse est non. [c1]\n91 = 7 × 13. [c2]')
})

test('fills a form that it does not know', () => {
  const schema = {
    type: 'object',
    properties: {
      same: { type: 'boolean' },
      score: { type: 'number' },
      why: { type: 'string' },
      kind: { enum: ['a', 'b'] },
    },
  }

  expect(JSON.parse(setUp().think('gpt-5', 'Do these two say the same?', schema))).toMatchObject({
    same: true,
    score: 0.5,
    kind: 'a',
  })
})

function overlap(one: string, other: string): number {
  const [a, b] = [one, other].map((text) => new Set(text.toLowerCase().match(/\p{L}+/gu)))
  const shared = [...(a ?? [])].filter((word) => b?.has(word)).length
  return shared / Math.max(a?.size ?? 1, b?.size ?? 1)
}

function position({ reasoning, final }: OpeningAnswer): string {
  return `${reasoning.join('\n')}\nfinal: ${final ?? ''}`
}
