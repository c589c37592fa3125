import { expect, test } from 'vitest'
import { paths, readRoute } from './router.ts'

const queryId = `qry_${'0'.repeat(31)}1`

test('every path of the page leads back to its route', () => {
  expect(readRoute('')).toEqual({ page: 'ask' })
  expect(readRoute(paths.ask)).toEqual({ page: 'ask' })
  expect(readRoute(paths.history)).toEqual({ page: 'history' })
  expect(readRoute(paths.panel)).toEqual({ page: 'panel' })
  expect(readRoute(paths.query(queryId))).toEqual({ page: 'query', queryId })
})

test.each(['#/queries/', '#/queries/../admin', '#/queries/qry_<script>', '#main', '#//evil.example'])(
  '%s leads nowhere',
  (hash) => {
    expect(readRoute(hash)).toEqual({ page: 'unknown' })
  },
)
