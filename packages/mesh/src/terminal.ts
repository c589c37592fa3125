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

/** What a command has found out: one JSON document where it was asked for, else text for a person. Standard output has nothing else. */
export function answer(options: { json?: boolean | undefined }, document: unknown, text: string): void {
  process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${text}\n`)
}

export function failure(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

/** A remark beside the answer: on standard error, so that what is piped on stays clean. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

export type LiveLine = { show(text: string): void; end(): void }

/** One line that is written over and over while long work goes on. Only a terminal sees it. */
export function liveLine(stream: NodeJS.WriteStream = process.stderr): LiveLine {
  const seen = stream.isTTY === true
  return {
    show(text) {
      if (seen) stream.write(`\r\u001b[K${text.slice(0, stream.columns - 1)}`)
    },
    end() {
      if (seen) stream.write('\r\u001b[K')
    },
  }
}

export type Tone = 'good' | 'bad' | 'warning' | 'heading'
const codes: Record<Tone, string> = { good: '32', bad: '31', warning: '33', heading: '1' }

/** Coloured where standard output is a terminal and `NO_COLOR` is not set. */
export function tinted(tone: Tone, text: string): string {
  return colour ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text
}

const escape = '\u001b'
const tints = new RegExp(`${escape}\\[\\d+m`, 'g')

/** Rows under headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd()
  return [tinted('heading', line(headings)), ...rows.map(line)].join('\n')
}

function widthOf(cell: string): number {
  return cell.replaceAll(tints, '').length
}

/** Text that came from outside, without what could command a terminal or break a line. */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it removes
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
}

/** How long ago, or how long: `850 ms`, `12 s`, `3 min`, `5 h`, `12 d`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ]
  const [size, name] = units.find(([length]) => ms >= 2 * length) ?? [1_000, 's']
  return `${Math.round(ms / size)} ${name}`
}
