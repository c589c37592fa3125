import { fileURLToPath } from 'node:url'

/** Where this service's tables come from, and the schema they make. */
export const migrations = {
  service: 'auth',
  folder: fileURLToPath(new URL('../../migrations', import.meta.url)),
  schema: 'auth',
}
