import type { Consensus, QueryResults } from '@concord/contracts/queries'
import { cautiousPercent, percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { Prose } from '../page/prose.tsx'
import { SupportBar } from '../page/support-bar.tsx'
import { paths } from '../router.ts'
import { showClaim } from './claims.tsx'
import { FeedbackSection } from './feedback-section.tsx'
import { confidenceName, outcomeName, outcomeText } from './outcome.ts'

type Completed = Extract<QueryResults, { status: 'completed' }>

type ResultSectionProps = { results: Completed; isEmulated: boolean; feedback: { correct: boolean } | undefined }

/** The answer first; how sure it is, and of what, right beside it. */
export function ResultSection({ results, isEmulated, feedback }: ResultSectionProps) {
  const { consensus } = results
  return (
    <section class="result" aria-labelledby="result-title">
      <div class="result-answer">
        <h2 id="result-title" class="eyebrow">
          {t.value.resultTitle}
        </h2>
        {consensus.answer !== null && (
          <p class={`answer ${consensus.answer.length > 40 ? 'answer-long' : ''}`} dir="auto">
            {consensus.answer}
          </p>
        )}
        <Prose text={consensus.summary} isFlowing onClaim={consensus.claims.length > 0 ? showClaim : undefined} />
        <Points title={t.value.convergence} points={consensus.convergence_points} kind="convergence" />
        <Points title={t.value.divergence} points={consensus.divergence_points} kind="divergence" />
      </div>
      <Measures consensus={consensus} isEmulated={isEmulated} />
      <FeedbackSection queryId={results.query_id} earlier={feedback} />
    </section>
  )
}

function Measures({ consensus, isEmulated }: { consensus: Consensus; isEmulated: boolean }) {
  const { confidence, agreement, outcome } = consensus
  const isOpen = consensus.answer === null
  return (
    <div class="measures">
      <div class={`measure status-${outcome}`}>
        <p class="measure-name">{outcomeName(outcome)}</p>
        <p>{outcomeText(outcome)}</p>
        {consensus.overrules_majority && (
          <>
            <p class="overrules">{t.value.overrulesMajority}</p>
            <WeightNote />
          </>
        )}
      </div>
      <div class="measure">
        <p class="measure-name">
          <span>{t.value.labelled(t.value.confidence, confidenceName(confidence))}</span>{' '}
          <span class="measure-figure">{cautiousPercent(confidence)}</span>
        </p>
        <SupportBar label={t.value.confidence} share={confidence} marks={[0.6, 0.8, 0.95]} />
        <p>{isEmulated ? t.value.confidenceEmulated : t.value.confidenceMeaning(Math.round(confidence * 100))}</p>
      </div>
      <div class="measure">
        <p class="measure-name">
          {t.value.agreement} <span class="measure-figure">{percent(agreement)}</span>
        </p>
        <SupportBar label={t.value.agreement} share={agreement} />
        <p>
          {isOpen
            ? t.value.agreementMeaningOpen(percent(agreement))
            : t.value.agreementMeaningClosed(percent(agreement))}
        </p>
        {!consensus.overrules_majority && <WeightNote />}
      </div>
    </div>
  )
}

/** Where the weight comes from, beside the figure that it decided. */
function WeightNote() {
  return (
    <p>
      {t.value.weightMeaning} <a href={paths.panel}>{t.value.seeRecords}</a>
    </p>
  )
}

function Points({ title, points, kind }: { title: string; points: readonly string[]; kind: string }) {
  if (points.length === 0) return null
  return (
    <div class={`points points-${kind}`}>
      <h3>{title}</h3>
      <ul>
        {points.map((point) => (
          <li key={point} dir="auto">
            {point}
          </li>
        ))}
      </ul>
    </div>
  )
}
