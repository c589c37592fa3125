import { expect, test } from 'vitest'
import { fakePanel } from '../../test/fake-panel.ts'
import { chosenModels } from './panel.ts'

const members = fakePanel.data

test('without a choice, four models that can answer are asked', () => {
  expect(chosenModels(members, undefined)).toEqual(['gpt5', 'claude', 'gemini', 'grok'])
})

test('a model that is down is asked only by choice, one that is not set up never', () => {
  const [gpt5] = members.filter(({ name }) => name === 'gpt5')
  const others = members.filter(({ state }) => state === 'down' || state === 'unconfigured')

  expect(chosenModels([...(gpt5 ? [gpt5] : []), ...others], undefined)).toEqual(['gpt5'])
  expect(chosenModels(members, ['mistral', 'local'])).toEqual(['mistral'])
})

test('what was chosen and has left the panel is forgotten', () => {
  expect(chosenModels(members, ['claude', 'gone'])).toEqual(['claude'])
})
