import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { PlainError } from '../plain-error.ts'

const Part = z.object({
  schema: z.string().regex(/^[a-z_]{1,63}$/),
  file: z.string().regex(/^[a-z_]{1,63}\.(dump|rows\.gz)$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of the sequences of a schema in the format `rows`: the last values they gave. */
  sequences: z.record(z.string(), z.string()).default({}),
})
export type Part = z.output<typeof Part>

/** What a backup says of itself. It is written last: a folder without it is no backup. */
export const Manifest = z.object({
  backup: z.literal('concord'),
  format_version: z.literal(1),
  /** `pg_dump`: archives of pg_dump's custom format. `rows`: rows as JSON, which any engine takes back. */
  format: z.enum(['pg_dump', 'rows']),
  concord_version: z.string(),
  created_at: z.iso.datetime(),
  engine: z.string(),
  server_major: z.int(),
  migrations: z.array(z.object({ service: z.string(), applied: z.int(), last: z.int() })),
  /** By id only: the keys themselves are in no backup. */
  keys: z.object({ vault: z.array(z.string()), signing: z.array(z.string()) }),
  parts: z.array(Part).min(1),
})
export type Manifest = z.output<typeof Manifest>

const fileName = 'manifest.json'

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const draft = path.join(folder, `${fileName}.new`)
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, path.join(folder, fileName))
}

/** Throws a PlainError when the folder is no backup, or one that this program does not know. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, fileName), 'utf8').catch(() => {
    throw new PlainError(`${folder} is no backup: it has no ${fileName}, which a backup writes last.`)
  })
  const parsed = Manifest.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new PlainError(`${path.join(folder, fileName)} is damaged, or a newer version of Concord wrote it.`)
  return parsed.data
}

/** Reads every file of the backup whole. Throws a PlainError that names the first that is not what was written. */
export async function verifyParts(
  folder: string,
  parts: readonly Part[],
  onProgress: (line: string) => void,
): Promise<void> {
  for (const part of parts) {
    onProgress(`checking ${part.file}`)
    const found = await fingerprint(path.join(folder, part.file)).catch(() => undefined)
    if (!found) throw new PlainError(`The backup is not whole: ${part.file} cannot be read.`)
    if (found.sha256 !== part.sha256 || found.bytes !== part.bytes)
      throw new PlainError(`The backup is damaged: ${part.file} is not what was written (its checksum differs).`)
  }
}

export async function fingerprint(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
    }
  })
  return { bytes, sha256: hash.digest('hex') }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
