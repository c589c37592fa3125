import { NothingHere } from '../page/nothing-here.tsx'
import { useTitle } from '../page/use-title.ts'
import { ProblemNotice } from '../page/problem-notice.tsx'
import { SandboxBanner } from '../page/sandbox-banner.tsx'
import { Clamped } from '../page/clamped.tsx'
import { Prose } from '../page/prose.tsx'
import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import { AgreementSection } from './agreement-section.tsx'
import { CouncilSection } from './council-section.tsx'
import { ChangesSection, MinoritySection } from './dissent-sections.tsx'
import { useEmulatedModels } from './emulated-models.ts'
import { EndedNotice } from './ended-notice.tsx'
import { FactsSection } from './facts-section.tsx'
import { LossNotice } from './losses.tsx'
import { ProgressTrack } from './progress-track.tsx'
import { ResultSection } from './result-section.tsx'
import { StatusLine } from './status-line.tsx'
import { useDeliberation } from './use-deliberation.ts'

/** One question from the first word to the last figure: while it is deliberated, and whenever it is opened again. */
export function QueryPage({ queryId }: { queryId: string }) {
  const { deliberation, link, failure } = useDeliberation(queryId).value
  const { question, results } = deliberation
  const emulated = useEmulatedModels(deliberation)
  useTitle(question?.slice(0, 80))

  if (failure?.status === 404) return <NothingHere />
  if (question === undefined) {
    return failure ? <ProblemNotice failure={failure} /> : <p class="page-loading">{t.value.loading}</p>
  }
  return (
    <article class="deliberation">
      <header class="deliberation-head">
        <Question text={question} />
        <StatusLine deliberation={deliberation} link={link} />
        <ProgressTrack deliberation={deliberation} />
        <SandboxBanner emulated={emulated} all={deliberation.models} />
        {results?.status === 'completed' && <LossNotice metadata={results.metadata} />}
      </header>
      {results?.status === 'completed' ? (
        <ResultSection results={results} isEmulated={emulated.length > 0} feedback={deliberation.feedback} />
      ) : (
        <EndedNotice deliberation={deliberation} />
      )}
      <SynthesisSection deliberation={deliberation} />
      <AgreementSection deliberation={deliberation} />
      {results?.status === 'completed' && (
        <div class="dissents">
          <ChangesSection changes={results.consensus.changes} />
          <MinoritySection report={results.consensus.minority_report} />
        </div>
      )}
      <CouncilSection deliberation={deliberation} emulated={emulated} />
      {results && <FactsSection results={results} models={deliberation.models} />}
    </article>
  )
}

const shortMax = 160

/** A short question is the headline; a long one is a text of which the beginning is shown. */
function Question({ text }: { text: string }) {
  if (text.length <= shortMax) {
    return (
      <h1 class="question" dir="auto">
        {text}
      </h1>
    )
  }
  return (
    <Clamped what={t.value.questionLabel}>
      <h1 class="question question-long" dir="auto">
        {text}
      </h1>
    </Clamped>
  )
}

function SynthesisSection({ deliberation: { synthesis, status } }: { deliberation: Deliberation }) {
  if (!synthesis || status !== 'processing') return null
  return (
    <section class="synthesis" aria-labelledby="synthesis-title">
      <h2 id="synthesis-title" class="eyebrow">
        {t.value.synthesisTitle}
      </h2>
      <div aria-hidden="true">
        <Prose text={synthesis.text} isFlowing />
      </div>
      <p class="quiet">{t.value.synthesisBy(synthesis.model)}</p>
    </section>
  )
}
