import { render } from 'preact'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/ask.css'
import './styles/deliberation.css'
import './styles/result.css'
import './styles/panel.css'
import { followOtherTabs, restoreSession } from './api/session.ts'
import { App } from './app.tsx'
import { startAppearance } from './page/appearance.ts'
import { startRouter } from './router.ts'

startAppearance()
startRouter()
followOtherTabs()
void restoreSession()

const root = document.getElementById('app')
if (root) render(<App />, root)
