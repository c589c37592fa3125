import type { Command } from 'commander'
import { engineSettings, helpWith, wholeNumberOption } from '../command-line.ts'
import { confirm } from '../confirm.ts'
import { PlainError } from '../plain-error.ts'
import { answer, duration, harmless, liveLine, note, table } from '../terminal.ts'
import { chooseLetters, inWords } from './choose-letters.ts'
import type { ChoiceOptions } from './choose-letters.ts'
import { describeLetter } from './describe-letter.ts'
import type { LetterDescription } from './describe-letter.ts'
import { withDeadLetters } from './with-dead-letters.ts'

type Json = { json?: boolean }

const aboutLetters =
  'A dead letter is a message that its handler could not take: it failed for good, or too often. It is kept until it is replayed or dropped.'

export function addDeadLetterCommands(program: Command): void {
  const group = program.command('dlq').description('messages that could not be handled: list, show, replay, drop')
  const help = (examples: string[], more = aboutLetters) => helpWith({ more, examples, settings: engineSettings })

  group
    .command('list')
    .description('how many there are of each handler and since when, and the oldest of them')
    .option('--handler <name>', 'only those of this handler')
    .option('--limit <n>', 'how many to tell one by one (at most 1000)', wholeNumberOption({ min: 0, max: 1_000 }), 20)
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      help(['concord dlq list', 'concord dlq list --handler ai-inference.turn.requested.v1 --json']),
    )
    .action(list)
  group
    .command('show <id>')
    .description('why it died, its headers and ids, and how large its content is; never the content')
    .option('--json', 'answer in JSON')
    .addHelpText('after', help(['concord dlq show 0193…']))
    .action(show)
  group
    .command('replay [id]')
    .description('hand it to its own handler again, with fresh attempts')
    .option('--handler <name>', 'all of this handler')
    .option('--all', 'all there are')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      help(
        [
          'concord dlq replay 0193…',
          'concord dlq replay --handler ai-inference.turn.requested.v1',
          'concord dlq replay --all',
        ],
        'First mend what made it fail. It has its effect once, however often it is replayed, and is not lost when this command is killed.',
      ),
    )
    .action(replay)
  group
    .command('drop [id]')
    .description('throw it away for good')
    .option('--handler <name>', 'all of this handler')
    .option('--all', 'all there are')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      help(['concord dlq drop 0193…', 'concord dlq drop --handler gateway.session.revoked.v1 --yes']),
    )
    .action(drop)
}

async function list({ handler, limit, ...options }: Json & { handler?: string; limit: number }): Promise<void> {
  const { total, groups, letters } = await withDeadLetters(async (dead) => ({
    total: await dead.count(),
    groups: (await dead.groups()).filter((group) => handler === undefined || group.handler === handler),
    letters: limit === 0 ? [] : await dead.list({ handler, limit }),
  }))
  const described = letters.map(describeLetter)
  const text = groups.length === 0 ? 'There are no dead letters.' : listText(groups, described)
  answer(options, { total, handlers: groups, letters: described }, text)
}

function listText(
  groups: readonly { handler: string; count: number; oldest: string }[],
  letters: readonly LetterDescription[],
): string {
  const byHandler = table(
    ['HANDLER', 'DEAD', 'OLDEST'],
    groups.map(({ handler, count, oldest }) => [harmless(handler), String(count), ago(oldest)]),
  )
  if (letters.length === 0) return byHandler
  const oneByOne = table(
    ['ID', 'HANDLER', 'DIED', 'ATTEMPTS', 'REASON'],
    letters.map(({ id, handler, died_at: at, attempts, reason }) => [
      harmless(id),
      harmless(handler),
      ago(at),
      String(attempts),
      harmless(reason).slice(0, 100),
    ]),
  )
  return `${byHandler}\n\n${oneByOne}`
}

async function show(id: string, options: Json): Promise<void> {
  const letters = await withDeadLetters((dead) => dead.list({ id }))
  if (letters.length === 0) throw new PlainError(`There is no dead letter ${harmless(id)}.`)
  const described = letters.map(describeLetter)
  answer(options, { letters: described }, described.map(letterText).join('\n\n'))
}

function letterText(letter: LetterDescription): string {
  const pairs = (values: Record<string, string | number>, unit = '') =>
    Object.entries(values).map(([name, value]) => [`  ${harmless(name)}`, `${harmless(String(value))}${unit}`])
  const rows: string[][] = [
    ['handler', harmless(letter.handler)],
    ['type', harmless(letter.type)],
    ['reason', harmless(letter.reason)],
    ['attempts', String(letter.attempts)],
    ['died', `${letter.died_at} (${ago(letter.died_at)})`],
    ['event', [letter.event.time, letter.event.source, letter.event.correlation_id].filter(Boolean).join(', ')],
    ['headers', ''],
    ...pairs(letter.headers),
    ['content', `${letter.bytes} bytes`],
    ...pairs(letter.ids),
    ...pairs(letter.hidden, ' bytes, not shown'),
  ]
  return table([harmless(letter.id), ''], rows)
}

async function replay(id: string | undefined, { json, ...choice }: Json & ChoiceOptions): Promise<void> {
  const chosen = chooseLetters(id, choice)
  const line = liveLine()
  const outcome = await withDeadLetters(async (dead) => {
    const result = await dead.replay(chosen, (replayed) => line.show(`${replayed} replayed …`))
    return { ...result, left: await dead.count() }
  }).finally(() => line.end())
  if (outcome.unhandled > 0)
    note(`${outcome.unhandled} stay: nobody handles them any more. \`concord dlq drop\` removes them.`)
  requireSome(id, outcome.replayed + outcome.unhandled)
  answer({ json }, outcome, `Replayed ${outcome.replayed}; ${outcome.left} are dead now.`)
}

async function drop(
  id: string | undefined,
  { json, yes, ...choice }: Json & ChoiceOptions & { yes?: boolean },
): Promise<void> {
  const chosen = chooseLetters(id, choice)
  if (!yes && !(await confirm(`Throw away ${harmless(inWords(chosen))} for good?`))) {
    throw new PlainError('Nothing was dropped.')
  }
  const outcome = await withDeadLetters(async (dead) => ({
    dropped: await dead.drop(chosen),
    left: await dead.count(),
  }))
  requireSome(id, outcome.dropped)
  answer({ json }, outcome, `Dropped ${outcome.dropped}; ${outcome.left} are dead now.`)
}

/** One that was named has to be there; of many there may be none. */
function requireSome(id: string | undefined, found: number): void {
  if (id !== undefined && found === 0) throw new PlainError(`There is no dead letter ${harmless(id)}.`)
}

function ago(at: string): string {
  return `${duration(Math.max(0, Date.now() - Date.parse(at)))} ago`
}
