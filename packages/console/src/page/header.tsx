import { session, signOut } from '../api/session.ts'
import { language, chooseLanguage, t } from '../i18n/messages.ts'
import { paths, route } from '../router.ts'
import { announce } from './announcer.tsx'
import { theme, toggleTheme } from './appearance.ts'
import { MoonIcon, PersonIcon, SunIcon } from './icons.tsx'
import logo from './logo.svg'
import { failureFrom } from './problem-notice.tsx'

export function Header() {
  return (
    <header class="header">
      <a class="brand" href={paths.ask}>
        <img src={logo} alt="" width="28" height="28" />
        Concord
      </a>
      {session.value.state === 'signed-in' && <Navigation />}
      <div class="header-tools" role="group" aria-label={t.value.settingsOfPage}>
        <LanguageSwitch />
        <ThemeSwitch />
        {session.value.state === 'signed-in' && <AccountMenu />}
      </div>
    </header>
  )
}

function Navigation() {
  const { page } = route.value
  return (
    <nav class="navigation" aria-label={t.value.navigation}>
      <a href={paths.ask} aria-current={page === 'ask' ? 'page' : undefined}>
        {t.value.ask}
      </a>
      <a href={paths.history} aria-current={page === 'history' ? 'page' : undefined}>
        {t.value.history}
      </a>
      <a href={paths.panel} aria-current={page === 'panel' ? 'page' : undefined}>
        {t.value.models}
      </a>
    </nav>
  )
}

function LanguageSwitch() {
  const other = language.value === 'en' ? 'fr' : 'en'
  return (
    <button
      type="button"
      class="tool"
      lang={other}
      title={other === 'fr' ? 'Français' : 'English'}
      aria-label={other === 'fr' ? 'FR, Français' : 'EN, English'}
      onClick={() => chooseLanguage(other)}
    >
      {other.toUpperCase()}
    </button>
  )
}

function ThemeSwitch() {
  const isDark = theme.value === 'dark'
  const label = isDark ? t.value.useLightTheme : t.value.useDarkTheme
  return (
    <button type="button" class="tool" aria-label={label} title={label} onClick={toggleTheme}>
      {isDark ? <SunIcon /> : <MoonIcon />}
    </button>
  )
}

function AccountMenu() {
  if (session.value.state !== 'signed-in') return null
  const { user } = session.value
  const leave = () => {
    signOut().catch((error: unknown) => announce(failureFrom(error).message || t.value.offlineText))
  }
  return (
    <>
      <button
        type="button"
        class="tool"
        popovertarget="account-menu"
        aria-label={t.value.account}
        title={t.value.account}
      >
        <PersonIcon />
      </button>
      <div id="account-menu" class="account-menu" popover="auto">
        <p class="account-name">{user.full_name}</p>
        <p class="quiet">{user.email}</p>
        <p class="quiet">{t.value.plan(user.plan)}</p>
        <button type="button" class="button" onClick={leave}>
          {t.value.signOut}
        </button>
      </div>
    </>
  )
}
