import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n/messages.ts'

/** Shows the beginning of something long; what is hidden can be had by a button, and is there for a search in the page. */
export function Clamped({ children, what }: { children: ComponentChildren; what: string }) {
  const box = useRef<HTMLDivElement>(null)
  const [isLong, setIsLong] = useState(false)
  const [isOpen, setIsOpen] = useState(false)

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return undefined
    const measure = () => setIsLong(element.scrollHeight > element.clientHeight + 4)
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [children])

  return (
    <div class="clamped">
      <div ref={box} class={isOpen ? 'clamped-open' : isLong ? 'clamped-shut clamped-faded' : 'clamped-shut'}>
        {children}
      </div>
      {(isLong || isOpen) && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isOpen}
          aria-label={t.value.labelled(isOpen ? t.value.showLess : t.value.showAll, what)}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? t.value.showLess : t.value.showAll}
        </button>
      )}
    </div>
  )
}
