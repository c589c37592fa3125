import { loadConfig } from '@concord/service-kit/config'
import type { Command } from 'commander'
import { engineSettings, helpWith } from '../command-line.ts'
import { answer } from '../terminal.ts'
import { collectStatus } from './collect.ts'
import { judge } from './judge.ts'
import { reportText } from './report.ts'
import { StatusConfig } from './settings.ts'

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('every service, engine, queue and outbox; status 1 when something is down')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: `It asks each replica that a service's name stands for, starts nothing and changes nothing. Unhealthy is: a replica that is down or
not ready, an engine that cannot be reached, a pending migration, a queue that nobody consumes, an outbox that is not
relayed, a query stuck beyond its deadline. Dead letters and newer tables are warnings.`,
        examples: ['concord status', 'concord status --json | jq .problems', 'docker compose run --rm operator status'],
        settings: [
          ...engineSettings,
          'GATEWAY_URL, AUTH_URL, INFERENCE_URL, ORCHESTRATOR_URL',
          '    where the services listen; of names such as http://auth:8080 one is enough. Absent: as the running mesh',
          '    tells in its data folder, else ports 8080, 3001, 3003 and 3002 of this machine',
        ],
      }),
    )
    .action(showStatus)
}

async function showStatus(options: { json?: boolean }): Promise<void> {
  const config = loadConfig(StatusConfig, process.env)
  const status = await collectStatus(config, process.env)
  const judgement = judge(status)
  const healthy = judgement.problems.length === 0
  answer(options, { healthy, ...judgement, at: new Date().toISOString(), ...status }, reportText(status, judgement))
  if (!healthy) process.exitCode = 1
}
