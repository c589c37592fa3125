import { locale } from './messages.ts'

export function percent(share: number): string {
  return new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

/** `86–94%` */
export function percentRange(low: number, high: number): string {
  return new Intl.NumberFormat(locale.value, { style: 'percent', maximumFractionDigits: 0 }).formatRange(low, high)
}

/** For what is never certain: nothing is shown as 100 %. */
export function cautiousPercent(share: number): string {
  return share >= 0.995 ? `> ${percent(0.99)}` : percent(share)
}

export function count(number: number): string {
  return new Intl.NumberFormat(locale.value).format(number)
}

/** Cents of a cent matter here: a small amount keeps two significant digits. */
export function dollars(amount: number): string {
  const digits = amount !== 0 && amount < 0.1 ? { maximumSignificantDigits: 2 } : {}
  return new Intl.NumberFormat(locale.value, { style: 'currency', currency: 'USD', ...digits }).format(amount)
}

/** `14.2s`, `2m 5s`, `3h 12m`: two units at most. */
export function duration(ms: number, o: { tenths?: boolean } = {}): string {
  const seconds = ms / 1000
  if (seconds < 60) {
    const fraction =
      o.tenths && seconds < 59.9 ? { minimumFractionDigits: 1, maximumFractionDigits: 1 } : { maximumFractionDigits: 0 }
    return unit(o.tenths ? seconds : Math.floor(seconds), 'second', fraction)
  }
  const whole = Math.floor(seconds)
  if (whole < 3600) return `${unit(Math.floor(whole / 60), 'minute')} ${unit(whole % 60, 'second')}`
  return `${unit(Math.floor(whole / 3600), 'hour')} ${unit(Math.floor((whole % 3600) / 60), 'minute')}`
}

export function dateAndTime(iso: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

export function clock(at: number): string {
  return new Intl.DateTimeFormat(locale.value, { timeStyle: 'short' }).format(at)
}

/** `3 minutes ago`, up to a week; the date after that. */
export function ago(iso: string, now: number): string {
  const seconds = Math.round((Date.parse(iso) - now) / 1000)
  const relative = new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' })
  if (seconds > -60) return relative.format(Math.min(0, seconds), 'second')
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute')
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour')
  if (seconds > -604_800) return relative.format(Math.round(seconds / 86_400), 'day')
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'long' }).format(new Date(iso))
}

export function listed(items: readonly string[]): string {
  return new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(items)
}

function unit(value: number, name: string, o: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit: name, unitDisplay: 'narrow', ...o }).format(value)
}
