import { describe, expect, test } from 'vitest'
import { aPanelist } from '../../test/deliberation-builders.ts'
import { familyOf } from './family.ts'
import { posterior } from './posterior.ts'
import { medianReliability, optionCount, plainPrior, probabilityOf, weightOf } from './weights.ts'

describe('the weight of a ballot', () => {
  test('is the log-odds against a blind guess, and never negative', () => {
    expect(weightOf(2 / 3, 2)).toBeCloseTo(Math.log(2))
    expect(weightOf(2 / 3, 50)).toBeCloseTo(Math.log(98))
    expect(weightOf(0.25, 4)).toBeCloseTo(0)
    expect(weightOf(0.1, 4)).toBe(0)
  })

  test('comes from the stated confidence only where that has been calibrated', () => {
    expect(probabilityOf(plainPrior, 0.99)).toBeCloseTo(2 / 3)
    expect(probabilityOf({ mean: 0.7, gradedItems: 40, platt: { a: 1, b: 0 } }, 0.9)).toBeCloseTo(0.9)
    expect(probabilityOf({ mean: 0.7, gradedItems: 40, platt: { a: 0, b: 0 } }, 0.9)).toBeCloseTo(0.5)
    expect(probabilityOf({ mean: 0.7, gradedItems: 40, platt: { a: 1, b: 0 } }, null)).toBeCloseTo(0.7)
  })

  test('stays finite for a model that is sure', () => {
    expect(probabilityOf({ mean: 1, gradedItems: 40 }, null)).toBe(0.99)
    expect(probabilityOf({ mean: 0.5, gradedItems: 40, platt: { a: 3, b: 1 } }, 1)).toBe(0.99)
    expect(probabilityOf({ mean: 0.5, gradedItems: 40, platt: { a: 3, b: 1 } }, 0)).toBe(0.01)
  })
})

test('K is the number of options, 2 for booleans, 50 for open values, and no less than the answers given', () => {
  expect(optionCount('choice', ['a', 'b', 'c'], ['#0'])).toBe(3)
  expect(optionCount('boolean', null, ['yes'])).toBe(2)
  expect(optionCount('number', null, ['391'])).toBe(50)
  expect(optionCount('choice', null, ['A', 'E'])).toBe(5)
  expect(optionCount('choice', null, ['A'])).toBe(4)
  expect(optionCount('boolean', null, ['yes', 'no', 'perhaps'])).toBe(3)
})

test.each([
  [1, 2, 2 / 3],
  [2, 2, 4 / 5],
  [4, 2, 16 / 17],
  [1, 4, 2 / 3],
  [1, 50, 2 / 3],
  [2, 50, 98 ** 2 / (98 ** 2 + 49)],
])('%i equal models of the plain prior that agree among %i options are right with %d', (models, options, expected) => {
  expect(posterior([models * weightOf(plainPrior.mean, options)], options).seen[0]).toBeCloseTo(expected)
})

test('a higher temperature makes the posterior more modest', () => {
  const [warm = 0] = posterior([3, 1], 4, 2).seen
  const [cool = 0] = posterior([3, 1], 4, 1).seen

  expect(warm).toBeLessThan(cool)
})

test('the median of an even panel lies between the two in the middle', () => {
  const panel = [0.5, 0.6, 0.8, 0.9].map((mean, index) =>
    aPanelist(`m${index}`, { reliability: { mean, gradedItems: 0 } }),
  )

  expect(medianReliability(panel)).toBeCloseTo(0.7)
  expect(medianReliability(panel.slice(1))).toBe(0.8)
})

test.each([
  ['gpt5', 'openai'],
  ['chatgpt-4o-latest-24-09-07', 'openai'],
  ['o3-2025-04-16', 'openai'],
  ['openai/o1-mini', 'openai'],
  ['claude-sonnet-4-20250514', 'anthropic'],
  ['gemini-2.5-pro', 'google'],
  ['gemma-2-27b-it@together', 'google'],
  ['grok-2-1212', 'xai'],
  ['Meta-Llama-3.1-8B-Instruct', 'meta'],
  ['Mixtral-8x7B-Instruct-v0.1', 'mistral'],
  ['deepseek-v3', 'deepseek'],
  ['DeepSeek-R1-Distill-Llama-70B', 'deepseek'],
  ['Qwen2.5-7B-Instruct', 'alibaba'],
  ['Phi-3.5-mini-instruct', 'microsoft'],
  ['command-r-plus', 'cohere'],
  ['Yi-1.5-34B-Chat', '01-ai'],
  ['reka-core-20240501', 'reka'],
  ['brandnew-7b', 'brandnew'],
])('%s is of the family %s', (model, family) => {
  expect(familyOf(model)).toBe(family)
})
