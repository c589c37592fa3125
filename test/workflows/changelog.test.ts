import { expect, test } from 'vitest'
import { changelog, readCommits } from '../../scripts/changelog/changelog.ts'

const commit = (subject: string, body = '') => ({ hash: 'abcdef0123456789', subject, body })

test('a release tells what breaks first, then what is new, mended and faster, and counts the rest', () => {
  const commits = [
    commit('docs: say more'),
    commit('fix(gateway): answer an OPTIONS'),
    commit('feat(auth)!: refuse old tokens'),
    commit('feat: ask a council', 'Why.\n\nBREAKING CHANGE: the field `n` is\ngone\n\nRefs: 1'),
    commit('perf(service-kit): write once'),
    commit('feat(console): show votes'),
    commit('whatever it was'),
  ]

  expect(changelog(commits, { version: 'v1.1.0', before: 'v1.0.0' })).toBe(`## v1.1.0

Changes since v1.0.0.

### What breaks

- ask a council (abcdef01): the field \`n\` is gone
- **auth**: refuse old tokens (abcdef01)

### New

- **console**: show votes (abcdef01)

### Mended

- **gateway**: answer an OPTIONS (abcdef01)

### Faster

- **service-kit**: write once (abcdef01)

And 2 changes within.
`)
})

test('git’s log is read with bodies of several lines, and without any', () => {
  expect(readCommits('a1\u001ffeat: one\u001fwhy\n\nso\n\u001e\nb2\u001ffix: two\u001f\u001e\n')).toEqual([
    { hash: 'a1', subject: 'feat: one', body: 'why\n\nso\n' },
    { hash: 'b2', subject: 'fix: two', body: '' },
  ])
})
