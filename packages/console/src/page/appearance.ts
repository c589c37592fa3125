import { signal } from '@preact/signals'
import { readSetting, writeSetting } from './settings-store.ts'

export type Theme = 'light' | 'dark'

const stored = 'concord.theme'
const systemDark = matchMedia('(prefers-color-scheme: dark)')

export const theme = signal<Theme>(storedTheme() ?? systemTheme())

/** The system's theme is followed until a person chooses the other one, and again when they return to it. */
export function startAppearance(): void {
  const chosen = storedTheme()
  if (chosen) document.documentElement.dataset['theme'] = chosen
  systemDark.addEventListener('change', () => {
    if (!storedTheme()) theme.value = systemTheme()
  })
}

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = theme.value
  writeSetting(stored, theme.value === systemTheme() ? undefined : theme.value)
}

export function prefersStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function systemTheme(): Theme {
  return systemDark.matches ? 'dark' : 'light'
}

function storedTheme(): Theme | undefined {
  const chosen = readSetting(stored)
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined
}
