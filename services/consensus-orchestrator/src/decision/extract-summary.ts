import { languageOf } from './language.ts'
import type { ClosedDecision, Decision, Deliberation, OpenDecision } from './model.ts'
import { phrases } from './phrases.ts'
import { synthesisBrief } from './synthesis-brief.ts'

const mostClaims = 8
const mostReasons = 3
const mostDisputed = 3

/** The summary that no writer is needed for: the answer and its best reasons, or the accepted claims by salience. */
export function extractSummary(deliberation: Deliberation, decision: Decision): string {
  const { claims } = synthesisBrief(deliberation, decision)
  const most = decision.form === 'open' ? mostClaims : mostReasons + 1
  if (claims.length > 0)
    return claims
      .slice(0, most)
      .map(({ text }) => sentence(text))
      .join(' ')
  const said = phrases[languageOf(deliberation.settings, deliberation.question)]
  return decision.form === 'open' ? unsettledClaims(decision, said) : unsettledAnswers(decision, said)
}

type Said = (typeof phrases)['en']

function unsettledClaims({ claims }: OpenDecision, said: Said): string {
  const disputed = claims.filter(({ verdict }) => verdict === 'contested').slice(0, mostDisputed)
  if (disputed.length === 0) return said.noClaims
  return `${said.noClaims} ${said.stillOpen(disputed.map(({ text }) => sentence(text)).join(' '))}`
}

function unsettledAnswers({ positions, voters }: ClosedDecision, said: Said): string {
  const held = positions.filter(({ models }) => models.length > 0)
  if (held.length === 0) return said.noAnswer
  return said.notSettled(held.map(({ answer, models }) => said.share(answer, models.length, voters.length)).join(', '))
}

function sentence(text: string): string {
  return /[.!?…。！？؟]$/.test(text) ? text : `${text}.`
}
