import { defineConfig } from 'vitest/config'
import { patienceMs, patiently } from './packages/testing/src/patience.ts'

// Vitest hands these to Node as well: with 'import' among them, `require` inside pg would get pg-pool's ES module.
const conditions = ['@concord/source', 'node', 'default']
const options = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const expect = { poll: { ...patiently, interval: 50 } }
const tests = (ending: string): string[] =>
  ['packages/*/{src,test}', 'services/*/{src,test}', 'test'].map((folder) => `${folder}/**/*${ending}.{ts,tsx}`)

export default defineConfig({
  test: {
    // The default leaves one core idle, and most of these tests wait for servers.
    maxWorkers: '100%',
    coverage: {
      include: ['packages/*/src/**', 'services/*/src/**'],
      exclude: ['**/*.test.{ts,tsx}'],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
    projects: [
      {
        ...options,
        test: {
          name: 'unit',
          include: tests('.test'),
          exclude: tests('.integration.test'),
          expect,
          testTimeout: 2 * patienceMs,
          hookTimeout: 2 * patienceMs,
        },
      },
      {
        ...options,
        test: {
          name: 'integration',
          include: tests('.integration.test'),
          globalSetup: ['packages/testing/src/global-setup.ts'],
          expect,
          testTimeout: 5 * patienceMs,
          hookTimeout: 5 * patienceMs,
        },
      },
    ],
  },
})
