import { open } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

const longestLine = 64 * 1024 * 1024

/** The lines of a text file, plain or packed with gzip, or of standard input (`-`), without ever holding more than a piece of it. */
export async function* readLines(file: string): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of await bytesOf(file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine)
      throw new Error('it has a line of more than 64 MB; every question is a line of its own')
    yield lines
  }
  if (rest !== '') yield [rest]
}

async function bytesOf(file: string): Promise<AsyncIterable<Buffer>> {
  if (file === '-') return process.stdin
  const packed = await isPacked(file)
  const source = createReadStream(file)
  if (!packed) return source
  const bytes = source.pipe(createGunzip())
  source.on('error', (error) => bytes.destroy(error))
  return bytes
}

/** By the first bytes of gzip, whatever the file is called. */
async function isPacked(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await handle.close()
  }
}
