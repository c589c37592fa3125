import { useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { LandingPage } from './account/landing-page.tsx'
import { restoreSession, session } from './api/session.ts'
import { AskPage } from './ask/ask-page.tsx'
import { QueryPage } from './deliberation/query-page.tsx'
import { HistoryPage } from './history/history-page.tsx'
import { language, t } from './i18n/messages.ts'
import { Announcer } from './page/announcer.tsx'
import { Header } from './page/header.tsx'
import { NothingHere } from './page/nothing-here.tsx'
import { ProblemNotice } from './page/problem-notice.tsx'
import { PanelPage } from './panel/panel-page.tsx'
import { route } from './router.ts'

export function App() {
  const main = useRef<HTMLElement>(null)
  useFocusOnNewPage(main)
  useSignalEffect(() => {
    document.documentElement.lang = language.value
  })
  const skip = (event: Event) => {
    event.preventDefault()
    main.current?.focus()
  }
  return (
    <>
      <a class="skip-link" href="#main" onClick={skip}>
        {t.value.skipToContent}
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        <Page />
      </main>
      <footer class="footer">
        <p>{t.value.tagline}</p>
        <a href="/api/v1/docs">{t.value.apiReference}</a>
      </footer>
      <Announcer />
    </>
  )
}

function Page() {
  const { state } = session.value
  if (state === 'anonymous') return <LandingPage />
  if (state === 'unknown') return <Restoring />
  const current = route.value
  switch (current.page) {
    case 'ask':
      return <AskPage />
    case 'history':
      return <HistoryPage />
    case 'panel':
      return <PanelPage />
    case 'query':
      return <QueryPage key={current.queryId} queryId={current.queryId} />
    case 'unknown':
      return <NothingHere />
  }
}

function Restoring() {
  if (session.value.state !== 'unknown') return null
  const { failure } = session.value
  if (!failure) return <p class="page-loading">{t.value.loading}</p>
  return <ProblemNotice failure={failure} retry={() => void restoreSession()} />
}

/** A new page begins at its top, for the eyes and for the keyboard; the first one keeps the browser's own beginning. */
function useFocusOnNewPage(main: { current: HTMLElement | null }): void {
  const current = route.value
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [current])
}
