import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from '@concord/testing/node-process'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']))
const Step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
})
const Job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.int().positive().max(90).optional(),
  permissions: Permissions.optional(),
  strategy: z.looseObject({ matrix: z.record(z.string(), z.array(z.unknown())) }).optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).min(1),
})
const Workflow = z.looseObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions.optional(),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.boolean() }).optional(),
  jobs: z.record(z.string(), Job),
})

const folder = path.join(root, '.github', 'workflows')
const files = readdirSync(folder)
const workflows = files.map((file) => {
  const text = readFileSync(path.join(folder, file), 'utf8')
  return { file, text, workflow: Workflow.parse(parse(text)) }
})
const scripts = new Set(
  Object.keys(
    z
      .looseObject({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))).scripts,
  ),
)
const jobsOf = ({ workflow }: (typeof workflows)[number]) => Object.entries(workflow.jobs)
const stepsOf = (one: (typeof workflows)[number]) => jobsOf(one).flatMap(([, { steps }]) => steps)

test('there is a workflow for each part of the public home', () => {
  expect(files.toSorted()).toEqual(['chaos.yml', 'check.yml', 'images.yml', 'release.yml', 'security.yml', 'test.yml'])
})

describe.each(workflows)('$file', (one) => {
  test('pins every action to a commit and says which version that is', () => {
    const wrong = one.text
      .split('\n')
      .filter((line) => /^\s*-?\s*uses:/.test(line))
      .filter((line) => !/uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))

    expect(wrong).toEqual([])
    expect(one.text.match(/uses:/g) ?? []).toHaveLength(stepsOf(one).filter(({ uses }) => uses !== undefined).length)
  })

  test('may only read, but for the jobs of a release, each with what it needs', () => {
    const more = jobsOf(one).flatMap(([name, { permissions }]) => (permissions ? [[name, permissions] as const] : []))

    expect(one.workflow.permissions).toEqual({ contents: 'read' })
    expect(Object.fromEntries(more)).toEqual(
      one.file === 'release.yml'
        ? { images: { contents: 'read', packages: 'write' }, publish: { contents: 'write' } }
        : {},
    )
  })

  test('ends by itself, gives way to its next run, and knows its machine', () => {
    expect(one.workflow.concurrency?.['cancel-in-progress']).toBe(one.file !== 'release.yml')
    for (const [name, job] of jobsOf(one)) {
      expect.soft(job['timeout-minutes'], name).toBeDefined()
      expect.soft(job['runs-on'], name).toMatch(/^ubuntu-\d\d\.04$/)
    }
  })

  test('leaves no token with what it checks out, and puts nothing from outside into a command', () => {
    const checkouts = stepsOf(one).filter(({ uses }) => uses?.startsWith('actions/checkout@'))

    expect(checkouts.filter(({ with: settings }) => settings?.['persist-credentials'] !== false)).toEqual([])
    expect(stepsOf(one).filter(({ run }) => run?.includes('${{'))).toEqual([])
    expect(one.text).not.toContain('pull_request_target')
  })

  test('runs only scripts that there are', () => {
    const named = stepsOf(one).flatMap(({ run = '' }) => [
      ...[...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name),
      ...(/npm test\b/.test(run) ? ['test'] : []),
    ])

    expect(named.filter((name) => !scripts.has(name))).toEqual([])
  })
})

test('one action has one digest everywhere', () => {
  const uses = workflows.flatMap((one) => stepsOf(one).flatMap(({ uses: used }) => (used ? [used] : [])))
  const byAction = Map.groupBy(new Set(uses), (used) => used.split('@')[0])

  expect([...byAction.values()].filter((digests) => digests.length > 1)).toEqual([])
})

test('every image of the Dockerfile is built, and every one is released', () => {
  const dockerfile = readFileSync(path.join(root, 'Dockerfile'), 'utf8')
  const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from = '', name = '']) => ({ from, name }))
  const images = stages.filter(({ name }) => !stages.some(({ from }) => from === name) && name !== 'build')
  const names = images.map(({ name }) => name).toSorted()
  const jobs = Object.fromEntries(workflows.flatMap(jobsOf))

  expect(jobs['build']?.env?.['TARGETS']?.split(' ').toSorted()).toEqual(names)
  expect(jobs['images']?.strategy?.matrix['target']?.toSorted()).toEqual(names)
})
