import { readFileSync } from 'node:fs'

/**
 * Prepares Elasticsearch for the logs, at every start: how long indices are kept, what their fields are, and an account that can only
 * add to them. Ends with 1 and a sentence where Elasticsearch refuses.
 */
const address = process.env.ELASTICSEARCH_URL ?? 'http://elasticsearch:9200'
const folder = process.env.SECRETS ?? '/run/secrets'
const days = Number(process.env.LOG_RETENTION_DAYS ?? 30)
const secret = (name) => readFileSync(`${folder}/${name}`, 'utf8').trim()

async function put(path, body) {
  const answer = await fetch(`${address}/${path}`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`elastic:${secret('elastic_password')}`).toString('base64')}`,
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  })
  if (!answer.ok)
    throw new Error(`Elasticsearch answered ${answer.status} to PUT ${path}: ${(await answer.text()).slice(0, 300)}`)
}

try {
  await put('_ilm/policy/concord-logs', {
    policy: { phases: { hot: { actions: {} }, delete: { min_age: `${days}d`, actions: { delete: {} } } } },
  })
  await put('_index_template/concord-logs', {
    index_patterns: ['concord-logs-*'],
    template: {
      settings: { number_of_shards: 1, number_of_replicas: 0, 'index.lifecycle.name': 'concord-logs' },
      mappings: {
        // Lines are of many shapes: their fields are searchable, and no line is refused for a field's type.
        properties: {
          '@timestamp': { type: 'date' },
          service: { type: 'keyword' },
          container: { type: 'keyword' },
          stream: { type: 'keyword' },
          message: { type: 'text' },
          log: { type: 'flattened', ignore_above: 8191 },
        },
      },
    },
  })
  await put('_security/role/concord_shipper', {
    cluster: ['monitor'],
    indices: [{ names: ['concord-logs-*'], privileges: ['create_index', 'create_doc', 'auto_configure'] }],
  })
  await put('_security/user/concord_shipper', {
    password: secret('shipper_password'),
    roles: ['concord_shipper'],
    full_name: 'Concord log shipper',
  })
  await put('_security/user/kibana_system/_password', { password: secret('kibana_password') })
  console.log(`Logs are kept for ${days} days, as concord-logs-*.`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
