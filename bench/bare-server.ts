import Fastify from 'fastify'
import pg from 'pg'
import { z } from 'zod'

/** What submitting is compared with: Fastify, one check of the body, one `insert` on the same database. */
const { DATABASE_URL, PORT } = z.object({ DATABASE_URL: z.string(), PORT: z.coerce.number() }).parse(process.env)
const Body = z.object({ query: z.string() })

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 })
await pool.query('create schema if not exists bench')
await pool.query(
  'create table if not exists bench.submissions (id bigint primary key generated always as identity, body text not null)',
)
const server = Fastify({ logger: false })
server.post('/submit', async (request, reply) => {
  const { query } = Body.parse(request.body)
  const { rows } = await pool.query('insert into bench.submissions (body) values ($1) returning id', [query])
  return reply.code(202).send({ query_id: rows[0]?.id })
})
await server.listen({ host: '127.0.0.1', port: PORT })
process.stdout.write('ready\n')
process.once('disconnect', () => process.exit(0))
