import { TurnOutput } from '@concord/contracts/turns'
import { expect, test } from 'vitest'
import { anEntry, aQuery, someSettings } from '../../test/builders.ts'
import { openOutput, votesOutput } from '../../test/outputs.ts'
import { play } from '../../test/play.ts'
import { readClaimVectors } from './read-claim-vectors.ts'
import { readSections } from '@concord/contracts/prompt-sections'

const pack = (...values: number[]) => Buffer.from(Int8Array.from(values).buffer).toString('base64')
const claim = { text: 'It rains.', kind: 'fact', salience: 1, confidence: 1 }
const opening = (claims: number) => ({
  reasoning: [],
  answer_type: 'open' as const,
  final: null,
  alternatives: [],
  confidence: 1,
  claims: Array.from({ length: claims }, () => claim),
})

test('vectors are read as they were packed, and only where there is one for each claim', () => {
  const output = { text: '', json: null, claim_vectors: { model: 'm', vectors: [pack(-128, 0, 127), ''] } }

  expect(readClaimVectors(output, opening(2))).toEqual([{ model: 'm', values: Int8Array.of(-128, 0, 127) }, undefined])
  expect(readClaimVectors(output, opening(3))).toBeUndefined()
  expect(readClaimVectors({ text: '', json: null }, opening(2))).toBeUndefined()
})

test('an answer is not lost for vectors that cannot be read', () => {
  const output = TurnOutput.parse({ text: 'x', json: {}, claim_vectors: { model: 'm', vectors: 'none' } })

  expect(output).toEqual({ text: 'x', json: {} })
})

test('a panel that answers in several languages votes once on what it says in each', () => {
  const said: Record<string, [shared: string, own: string]> = {
    gpt5: ['Rested people make fewer mistakes.', 'Customers expect answers on five days.'],
    claude: ['Les gens reposés font moins d’erreurs.', 'Le salaire reste le même.'],
    gemini: ['Quien descansa se equivoca menos.', 'Los bancos cierran.'],
  }
  const ownVectors: Record<string, string> = {
    gpt5: pack(0, -100, 0),
    claude: pack(0, 100, 0),
    gemini: pack(0, 0, 100),
  }
  const query = aQuery({
    settings: someSettings({ answer_type: 'open' }),
    panel: Object.keys(said).map((name) => anEntry(name, { family: name })),
  })
  const claimsShown = (vectors: boolean) => {
    const { waves } = play(query, ({ model, purpose, prompt }) => {
      if (purpose === 'vote') return { output: votesOutput(prompt, () => 'agree'), costUsd: 0 }
      if (purpose === 'synthesis') return { output: null, costUsd: 0 }
      const packed = [pack(100, 10, 3), ownVectors[model] ?? '']
      const output = openOutput(...(said[model] ?? []))
      return { output: vectors ? { ...output, claim_vectors: { model: 'm', vectors: packed } } : output, costUsd: 0 }
    })
    const papers = waves.flatMap(({ turns }) => turns).filter(({ purpose }) => purpose === 'vote')
    return papers.map(({ prompt }) => readSections(prompt.user).filter(({ name }) => name === 'CLAIM').length)
  }

  expect(claimsShown(false)).toEqual([4, 4, 4])
  expect(claimsShown(true)).toEqual([2, 2, 2])
})
