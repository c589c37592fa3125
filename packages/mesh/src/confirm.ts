import { createInterface } from 'node:readline/promises'
import { UsageError } from './plain-error.ts'

/** Asks on the terminal; only `y` or `yes` is a yes. Without a terminal there is nobody to ask: wrong usage, which names `--yes`. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} There is no terminal to ask on: say so with --yes.`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())
  } finally {
    lines.close()
  }
}
