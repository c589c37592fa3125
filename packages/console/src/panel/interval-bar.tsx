/** Where a share lies, and how far it may be off: the text beside it says the same. */
export function IntervalBar({ mean, low, high }: { mean: number; low: number; high: number }) {
  return (
    <div class="interval" aria-hidden="true">
      <span class="interval-span" style={{ insetInlineStart: at(low), width: at(Math.max(0, high - low)) }} />
      <span class="interval-mean" style={{ insetInlineStart: at(mean) }} />
    </div>
  )
}

function at(share: number): string {
  return `${share * 100}%`
}
