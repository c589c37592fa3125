import { signal } from '@preact/signals'

const announcement = signal('')
const gatherMs = 700
const atOnceMax = 3

let gathered: string[] = []
let timer: ReturnType<typeof setTimeout> | undefined

/** Says it to a screen reader when it has finished speaking. What comes in a rush is said together, the last things only. */
export function announce(text: string): void {
  gathered = [...gathered, text].slice(-atOnceMax)
  timer ??= setTimeout(() => {
    timer = undefined
    announcement.value = gathered.join(' ')
    gathered = []
  }, gatherMs)
}

export function Announcer() {
  return (
    <div class="only-heard" role="status" aria-live="polite">
      {announcement}
    </div>
  )
}
