import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { watchQuery, type Watched } from '../live/watch-query.ts'
import { newDeliberation } from '../live/deliberation.ts'
import { announce } from '../page/announcer.tsx'
import { announcementOf } from './announcement.ts'

export function useDeliberation(queryId: string) {
  const watched = useSignal<Watched>({ deliberation: newDeliberation(queryId), link: 'connecting', failure: undefined })

  useEffect(() => {
    const leaving = new AbortController()
    watchQuery({
      queryId,
      signal: leaving.signal,
      onChange: (change) => {
        watched.value = change
      },
      onEvent: (event) => {
        const text = announcementOf(event)
        if (text) announce(text)
      },
    })
    return () => leaving.abort()
  }, [queryId])

  return watched
}
