import { startEdgeReplica } from '@concord/testing/edge-replica'
import { startEdge } from '@concord/testing/edge-process'
import { patiently } from '@concord/testing/patience'
import { expect, test } from 'vitest'
import { ask, readProblem } from './client.ts'
import { startNameServer } from './name-server.ts'

test('replicas are found by name, without a reload, and one that is gone costs nothing', async () => {
  const [names, replica] = await Promise.all([startNameServer(), startEdgeReplica()])
  const port = replica.address.split(':')[1]
  const edge = await startEdge({ EDGE_GATEWAYS: `gateway:${port}`, EDGE_RESOLVER: names.address })
  const statuses = async (times: number): Promise<number[]> =>
    (await Promise.all(Array.from({ length: times }, () => ask(edge, '/api/auth/me')))).map(({ status }) => status)

  expect(readProblem(await ask(edge, '/api/v1/panel'))).toMatchObject({ status: 502 })

  names.addresses = ['127.0.0.1']
  await expect.poll(() => statuses(1), patiently).toEqual([200])

  // Nobody listens at the second.
  names.addresses = ['127.0.0.1', '127.0.0.9']
  for (let round = 0; round < 30; round += 1) expect(await statuses(4)).toEqual([200, 200, 200, 200])

  await edge.close()
  await replica.kill()
  names.close()
})
