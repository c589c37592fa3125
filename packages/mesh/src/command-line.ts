import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { toSentence, UsageError } from './plain-error.ts'
import { failure } from './terminal.ts'

/** Every command ends with one of these. */
const status = { good: 0, failed: 1, wrongUsage: 2 } as const

/** The frame that every command hangs in: how mistakes are told, and what the help has in common. */
function createProgram(): Command {
  return new Command('concord')
    .description('Runs and tends a Concord mesh.')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .addHelpText('after', afterHelp)
}

const afterHelp = `
From a clone: \`npx concord …\` or \`npm run concord -- …\`, with the settings of .env; in the operator’s image: \`concord …\`.

Every command takes --json: one JSON document on standard output, and nothing else there; progress goes to standard error.
Exit status: 0 done or healthy, 1 failed or unhealthy, 2 called wrongly.
\`concord <command> --help\` tells its options, the settings it reads, and examples.`

/** What follows a command's options in its help. */
export function helpWith(o: { examples: readonly string[]; settings?: readonly string[]; more?: string }): string {
  const lines = (title: string, items: readonly string[]) =>
    items.length > 0 ? `\n${title}:\n${items.map((item) => `  ${item}`).join('\n')}\n` : ''
  return `${o.more ? `\n${o.more}\n` : ''}${lines('Examples', o.examples)}${lines('Settings it reads', o.settings ?? [])}`
}

/** The settings that name the engines, as every command's help tells them. */
export const engineSettings = [
  'DATABASE_URL, RABBITMQ_URL, REDIS_URL   the engines (each also as …_FILE); absent: the embedded ones',
  'CONCORD_DATA_DIR                        folder of the embedded mesh (.concord)',
]

/** An option's whole number within bounds; anything else is wrong usage. */
export function wholeNumberOption({ min, max }: { min: number; max: number }): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max))
      throw new InvalidArgumentError(`A whole number from ${min} to ${max} is expected.`)
    return value
  }
}

/** Adds a command to the program: loaded when it is needed. */
export type CommandLoader = () => Promise<(program: Command) => void>

/**
 * Runs the command that the arguments name, the first without a name, and ends the process: a library's open handle must not
 * keep a done command alive. Only that command is loaded; the help loads them all.
 */
export async function runProgram(commands: Record<string, CommandLoader>, args: readonly string[]): Promise<never> {
  // Whoever reads us may stop early (`concord dlq list | head`); that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    const program = createProgram()
    for (const load of loadersFor(commands, args)) (await load())(program)
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    process.exit(tell(error, args.includes('--json')))
  }
  process.exit()
}

/** The command that runs without a name would take a mistyped one for its argument. */
function loadersFor(commands: Record<string, CommandLoader>, [named]: readonly string[]): CommandLoader[] {
  const all = Object.values(commands)
  if (named === undefined) return all.slice(0, 1)
  if (named === 'help' || named.startsWith('-')) return all
  if (!Object.hasOwn(commands, named)) throw new UsageError(`There is no command ${named}; see concord --help.`)
  return [commands[named]].flatMap((load) => load ?? [])
}

function tell(error: unknown, json: boolean): number {
  if (error instanceof CommanderError) {
    // Commander has told it already; it throws for `--help` as well, with 0.
    if (json && error.exitCode !== 0) writeError(error.message.replace(/^error: /, ''))
    return error.exitCode === 0 ? status.good : status.wrongUsage
  }
  const sentence = toSentence(error) ?? unforeseen(error)
  failure(sentence)
  if (json) writeError(sentence)
  return error instanceof UsageError ? status.wrongUsage : status.failed
}

function writeError(sentence: string): void {
  process.stdout.write(`${JSON.stringify({ error: sentence })}\n`)
}

/** The stack is for whoever looks for the bug, who asks for it. */
function unforeseen(error: unknown): string {
  if (process.env['CONCORD_DEBUG'] && error instanceof Error && error.stack) return error.stack
  const what = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : 'something was thrown'
  return `This was not foreseen (${what}). CONCORD_DEBUG=1 shows where it happened.`
}
