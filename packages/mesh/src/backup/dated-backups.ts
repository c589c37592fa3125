import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { readManifest } from './manifest.ts'

const dated = /^concord-\d{8}T\d{6}Z$/

/** `concord-20261121T030000Z` in `parent`: such names sort by time. */
export function datedFolder(parent: string, at = new Date()): string {
  return path.join(parent, `concord-${at.toISOString().replaceAll(/[-:]|\.\d+/g, '')}`)
}

/** Removes all but the newest `keep` whole backups of that naming, and what was left half made before them. Answers what is gone. */
export async function removeOldest(parent: string, keep: number): Promise<string[]> {
  const names = (await readdir(parent))
    .filter((name) => dated.test(name))
    .toSorted()
    .toReversed()
  const removed: string[] = []
  let whole = 0
  for (const name of names) {
    const isWhole = await readManifest(path.join(parent, name)).then(
      () => true,
      () => false,
    )
    if (whole < keep) {
      whole += isWhole ? 1 : 0
      continue
    }
    await rm(path.join(parent, name), { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}
