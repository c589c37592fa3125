import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** The lines of a text file, plain or packed with gzip, without ever holding more than a piece of it. */
export async function* readLines(file: string): AsyncGenerator<readonly string[]> {
  const source = createReadStream(file)
  const bytes = /\.gz$/i.test(file) ? source.pipe(createGunzip()) : source
  source.on('error', (error) => bytes.destroy(error))
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield lines
  }
  if (rest !== '') yield [rest]
}
