export type Commit = { hash: string; subject: string; body: string }

/** What users and operators read of, in this order; the other types are for those who work on the code. */
const sections = [
  { type: 'feat', title: 'New' },
  { type: 'fix', title: 'Mended' },
  { type: 'perf', title: 'Faster' },
  { type: 'security', title: 'Security' },
  { type: 'revert', title: 'Taken back' },
] as const

/** Reads `git log --format=%H%x1f%s%x1f%b%x1e`. */
export function readCommits(log: string): Commit[] {
  return log
    .split('\u001e')
    .map((entry) => entry.trimStart())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const [hash = '', subject = '', body = ''] = entry.split('\u001f')
      return { hash, subject, body }
    })
}

/** Markdown of a release by Conventional Commits 1.0: what breaks first, then by kind; newest last, as it was made. */
export function changelog(
  commits: readonly Commit[],
  { version, before }: { version: string; before: string | undefined },
): string {
  const entries = commits.toReversed().flatMap(toEntry)
  const breaking = entries.filter((entry) => entry.breaks !== undefined)
  const parts = [
    `## ${version}`,
    ...(before === undefined ? [] : [`Changes since ${before}.`]),
    ...section(
      'What breaks',
      breaking.map((entry) => `${lineOf(entry)}${entry.breaks === '' ? '' : `: ${entry.breaks}`}`),
    ),
    ...sections.flatMap(({ type, title }) =>
      section(
        title,
        entries.filter((entry) => entry.type === type && entry.breaks === undefined).map((entry) => lineOf(entry)),
      ),
    ),
  ]
  const others = entries.filter(
    (entry) => entry.breaks === undefined && !sections.some(({ type }) => type === entry.type),
  )
  if (others.length > 0) parts.push(`And ${others.length} ${others.length === 1 ? 'change' : 'changes'} within.`)
  return `${parts.join('\n\n')}\n`
}

type Entry = { hash: string; type: string; scope: string; text: string; breaks: string | undefined }

/** `type(scope)!: text`; a subject of another form is a change within. */
function toEntry({ hash, subject, body }: Commit): Entry[] {
  const [, type = '', scope = '', mark, text = ''] = /^([a-z]+)(?:\(([^)]+)\))?(!)?: (.+)$/.exec(subject) ?? []
  const [, note] = /(?:^|\n)BREAKING[ -]CHANGE: ([\s\S]+?)(?:\n\n|\n[\w-]+: |$)/.exec(body) ?? []
  const breaks = note?.replaceAll(/\s+/g, ' ').trim() ?? (mark === undefined ? undefined : '')
  return [{ hash, type, scope, text: text || subject, breaks }]
}

function lineOf({ hash, scope, text }: Entry): string {
  return `- ${scope === '' ? '' : `**${scope}**: `}${text} (${hash.slice(0, 8)})`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.join('\n')]
}
