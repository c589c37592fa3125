import { percent } from '../i18n/format.ts'

type SupportBarProps = { label: string; share: number; marks?: readonly number[] }

/** A share from 0 to 1 as a bar, with marks where something is decided. */
export function SupportBar({ label, share, marks = [] }: SupportBarProps) {
  return (
    <div
      class="bar"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={percent(share)}
    >
      <span class="bar-fill" style={{ width: `${share * 100}%` }} />
      {marks.map((mark) => (
        <span key={mark} class="bar-mark" style={{ insetInlineStart: `${mark * 100}%` }} />
      ))}
    </div>
  )
}
