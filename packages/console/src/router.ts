import { signal } from '@preact/signals'

export type Route =
  | { page: 'ask' }
  | { page: 'history' }
  | { page: 'panel' }
  | { page: 'query'; queryId: string }
  | { page: 'unknown' }

/** Where the page is, from the fragment of the address: the server knows one page only. */
export const route = signal<Route>(readRoute(''))

export const paths = {
  ask: '#/',
  history: '#/history',
  panel: '#/panel',
  query: (queryId: string) => `#/queries/${queryId}`,
}

export function startRouter(): void {
  const read = () => {
    route.value = readRoute(location.hash)
  }
  addEventListener('hashchange', read)
  read()
}

export function goTo(path: string): void {
  location.hash = path
}

export function readRoute(hash: string): Route {
  const path = hash.replace(/^#/, '')
  if (path === '' || path === '/') return { page: 'ask' }
  if (path === '/history') return { page: 'history' }
  if (path === '/panel') return { page: 'panel' }
  const [, queryId] = /^\/queries\/(qry_[0-9A-Za-z]{1,64})$/.exec(path) ?? []
  return queryId ? { page: 'query', queryId } : { page: 'unknown' }
}
