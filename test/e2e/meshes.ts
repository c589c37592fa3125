import { engines } from '@concord/testing/engines'
import { startMeshProcess } from '@concord/testing/mesh-process'
import type { MeshProcess } from '@concord/testing/mesh-process'

/** The one-process mesh with nothing beside it. */
export function embeddedMesh(settings: Record<string, string> = {}): Promise<MeshProcess> {
  return startMeshProcess(settings)
}

/** The one-process mesh on PostgreSQL, Redis and RabbitMQ, with a database and a virtual host of its own. */
export async function realMesh(settings: Record<string, string> = {}): Promise<MeshProcess> {
  const engine = await openRealEngines()
  try {
    const mesh = await startMeshProcess({ ...engine.settings, ...settings })
    const close = async (): Promise<void> => {
      await mesh.close()
      await engine.close()
    }
    return { ...mesh, close }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** The addresses of real engines as services take them. */
export async function openRealEngines(): Promise<{
  settings: { DATABASE_URL: string; REDIS_URL: string; RABBITMQ_URL: string }
  close(): Promise<void>
}> {
  const { databaseUrl, redisUrl = '', redisPrefix, rabbitMqUrl = '', close } = await engines[1].open({ migrations: [] })
  const redis = new URL(redisUrl)
  // Services share one key space; a database number of its own keeps this mesh apart from others on the same server.
  redis.pathname = `/${1 + (Buffer.from(redisPrefix).reduce((sum, byte) => sum * 31 + byte, 7) % 15)}`
  return { settings: { DATABASE_URL: databaseUrl, REDIS_URL: redis.href, RABBITMQ_URL: rabbitMqUrl }, close }
}
