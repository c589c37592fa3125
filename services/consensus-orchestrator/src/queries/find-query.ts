import type { QueryDetail, QueryResults } from '@concord/contracts/queries'
import type { Deps } from '../ports.ts'
import { runningResults } from './results.ts'
import { toDetail } from './show-query.ts'

type FindDeps = Pick<Deps, 'reader' | 'now'>

export async function findResults(
  { reader, now }: FindDeps,
  id: string,
  owner: string,
): Promise<QueryResults | undefined> {
  const found = await reader.find(id, owner)
  if (!found) return undefined
  return found.results ?? runningResults(found.query, await reader.readTurns(found.query), now())
}

export async function findDetail(
  { reader, now }: FindDeps,
  id: string,
  owner: string,
): Promise<QueryDetail | undefined> {
  const found = await reader.find(id, owner)
  if (!found) return undefined
  const turns = await reader.readTurns(found.query)
  const detail = toDetail(found.query, turns, found.results ?? runningResults(found.query, turns, now()))
  return { ...detail, feedback: found.feedback }
}
