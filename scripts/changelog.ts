import { execFileSync } from 'node:child_process'
import { changelog, readCommits } from './changelog/changelog.ts'

/** Prints what a release changes: `npm run changelog -- v1.2.0`, from the tag before it on, or from the first commit. */
const [tag = 'HEAD'] = process.argv.slice(2)
const git = (...args: string[]): string =>
  execFileSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'] })
const before = tagBefore()
const range = before === undefined ? tag : `${before}..${tag}`
const commits = readCommits(git('log', '--no-merges', '--format=%H%x1f%s%x1f%b%x1e', range, '--'))
process.stdout.write(changelog(commits, { version: tag, before }))

function tagBefore(): string | undefined {
  try {
    return git('describe', '--tags', '--abbrev=0', '--match=v[0-9]*', `${tag}^`).trim()
  } catch {
    return undefined
  }
}
