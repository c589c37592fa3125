import { expect, test } from 'vitest'
import { imageAddressFault } from './image-address.ts'

test.each(['https://example.org/cat.png', 'https://8.8.8.8/cat.png', 'data:image/png;base64,AAAA'])(
  '%s may be fetched',
  (address) => {
    expect(imageAddressFault(address)).toBeUndefined()
  },
)

test.each([
  'http://example.org/cat.png',
  'file:///etc/passwd',
  'cat.png',
  'https://localhost/cat.png',
  'https://localhost./cat.png',
  'https://redis/cat.png',
  'https://metadata.google.internal/computeMetadata',
  'https://10.1.2.3/',
  'https://127.0.0.1:8080/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[fd00::1]/',
  'https://user:secret@example.org/cat.png',
])('%s is no address that a provider is asked to fetch', (address) => {
  expect(imageAddressFault(address)).toContain('expected')
})
