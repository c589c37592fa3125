import { parseArgs } from 'node:util'
import { familyOf } from '../decision/family.ts'
import type { PanelModel } from './learn.ts'
import { ruleNames, type RuleName } from './rules.ts'
import type { Method } from './splits.ts'
import { UsageError } from './usage-error.ts'

export type Arguments = {
  ballots: string
  models: readonly PanelModel[]
  rules: readonly RuleName[]
  method: Method
  domainAnchors: string | undefined
  json: boolean
  /** The folder that diagrams are written to. */
  svg: string | undefined
  /** Panels to be drawn by chance, in the place of `models`. */
  draw: { panels: number; seed: number } | undefined
}

export const usage = `npm run evaluate -- --ballots FILE.jsonl[.gz] --panel a,b,c     (--ballots - reads standard input)
  [--rule ${ruleNames.join('|')}]   one or several, separated by commas; all of them if absent
  [--folds 10]             learn from nine tenths of the questions, score the tenth, ten times over
  [--anchors 30 [--domain-anchors FILE]]   learn from 30 questions of each data set (and from FILE), score the others
  [--families a=x,b=x]     models of one family share one weight budget; by their vendor's name if absent
  [--json] [--svg DIR]     one JSON object; reliability diagrams as SVG
npm run evaluate -- --ballots FILE --panels 60 [--seed 1]     so many panels of three to eight models, drawn by chance
`

const manyFolds = 1_000
const manyPanels = 10_000

export function readArguments(args: readonly string[]): Arguments | 'help' {
  const values = parsed(args)
  if (values.help === true) return 'help'
  const { ballots, panel } = values
  if (!ballots) throw new UsageError('Name the file of ballots: --ballots FILE.jsonl.')
  const names = listOf(panel)
  const draw = drawOf(values)
  if (names.length === 0 && draw === undefined) throw new UsageError('Name the models of the panel: --panel a,b,c.')
  return {
    ballots,
    draw,
    models: modelsOf(names, listOf(values.families)),
    rules: rulesOf(listOf(values.rule)),
    method: methodOf(values),
    domainAnchors: values['domain-anchors'],
    json: values.json === true,
    svg: values.svg,
  }
}

function drawOf(values: Partial<Record<string, string | boolean>>): Arguments['draw'] {
  const { panels, seed, ballots } = values
  if (typeof panels !== 'string') {
    if (seed !== undefined) throw new UsageError('--seed goes with --panels.')
    return undefined
  }
  const given = ['panel', 'rule', 'families', 'svg', 'domain-anchors'].filter((name) => values[name] !== undefined)
  if (given.length > 0) throw new UsageError(`--panels draws the panels itself: leave out --${given.join(', --')}.`)
  if (ballots === '-') throw new UsageError('--panels reads its file several times: standard input will not do.')
  return {
    panels: wholeNumber('--panels', panels, 1, manyPanels),
    seed: wholeNumber('--seed', String(seed ?? 1), 0, 2 ** 32 - 1),
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const given = { ballots: text, panel: text, rule: text, folds: text, anchors: text, families: text, svg: text }
  const options = { ...given, 'domain-anchors': text, panels: text, seed: text, json: flag, help: flag }
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? (error.message.split(/\.\s/)[0] ?? '').replace(/\.?$/, '.') : String(error),
    )
  }
}

function modelsOf(names: readonly string[], pairs: readonly string[]): PanelModel[] {
  const families = new Map(
    pairs.map((pair): [string, string] => {
      const at = pair.lastIndexOf('=')
      if (at < 1 || at === pair.length - 1) throw new UsageError(`A family is given as model=family, not as ${pair}.`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  const strangers = [...families.keys()].filter((model) => !names.includes(model))
  if (strangers.length > 0) throw new UsageError(`--families names ${strangers.join(', ')}, not of the panel.`)
  return names.map((model) => ({ model, family: families.get(model) ?? familyOf(model) }))
}

function rulesOf(wanted: readonly string[]): RuleName[] {
  const unknown = wanted.filter((name) => !ruleNames.some((rule) => rule === name))
  if (unknown.length > 0)
    throw new UsageError(`There is no rule ${unknown.join(', ')}; there are ${ruleNames.join(', ')}.`)
  return wanted.length === 0 ? [...ruleNames] : ruleNames.filter((rule) => wanted.includes(rule))
}

function methodOf(values: { folds?: string; anchors?: string; 'domain-anchors'?: string }): Method {
  const { folds, anchors } = values
  if (folds !== undefined && anchors !== undefined) throw new UsageError('Take either --folds or --anchors.')
  if (anchors !== undefined) return { anchors: wholeNumber('--anchors', anchors, 0, Number.MAX_SAFE_INTEGER) }
  if (values['domain-anchors'] !== undefined) throw new UsageError('--domain-anchors goes with --anchors.')
  return { folds: wholeNumber('--folds', folds ?? '10', 2, manyFolds) }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
  throw new UsageError(`${name} takes a whole number ${range}, not ${text}.`)
}

function listOf(text: string | undefined): string[] {
  const entries = (text ?? '').split(',').map((entry) => entry.trim())
  return [...new Set(entries.filter((entry) => entry !== ''))]
}
