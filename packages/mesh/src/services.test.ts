import { expect, test } from 'vitest'
import { serviceMigrations, serviceNames } from './service-tables.ts'
import { serviceModules } from './services.ts'

test('what commands know of the services without loading them is true of those that start', () => {
  expect(serviceNames).toEqual(serviceModules.map(({ name }) => name))
  expect(serviceMigrations).toEqual(
    serviceModules.flatMap(({ name, migrations }) => (migrations ? [{ service: name, ...migrations }] : [])),
  )
})
