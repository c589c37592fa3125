const colour = process.stdout.isTTY && !process.env['NO_COLOR']

/** Steps of a start, for a person who waits. */
export function progress(step: string): void {
  process.stdout.write(colour ? `\u001b[2m${step} …\u001b[0m\n` : `${step} …\n`)
}

/** The last line of a start, and what to try. */
export function ready({ url, emulated }: { url: string; emulated: boolean }): void {
  const hint = emulated
    ? 'Open it and ask a question. The models are emulated until you set their keys in .env (see .env.example).'
    : 'Open it and ask a question.'
  process.stdout.write(
    `${colour ? `\u001b[1mConcord is ready at ${url}\u001b[0m` : `Concord is ready at ${url}`}\n${hint} Ctrl-C stops it.\n`,
  )
}

export function failure(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}
