import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Writes `sbom.cdx.json` (CycloneDX 1.6) into a folder that `pnpm deploy` has made: every package in it, by its purl.
 *   node write-sbom.mjs FOLDER VERSION
 */
const [folder = '.', version = '0.0.0'] = process.argv.slice(2)
const own = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
// With `.pnpm` named, since a pattern's `**` leaves out hidden folders.
const manifests = globSync('node_modules/.pnpm/*/node_modules/{*,@*/*}/package.json', { cwd: folder })

const components = new Map()
for (const manifest of manifests) {
  const { name, version: installed, license } = JSON.parse(readFileSync(path.join(folder, manifest), 'utf8'))
  if (!name || !installed) continue
  const purl = `pkg:npm/${name.replace('@', '%40')}@${installed}`
  const licenses = typeof license === 'string' ? [{ license: { name: license } }] : []
  components.set(purl, { type: 'library', 'bom-ref': purl, name, version: installed, purl, licenses })
}
const listed = [...components.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1))
// The same contents give the same number, so that the same sources give the same image.
const digest = createHash('sha256')
  .update(listed.map(({ purl }) => purl).join('\n'))
  .digest('hex')
const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`
writeFileSync(
  path.join(folder, 'sbom.cdx.json'),
  `${JSON.stringify({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: { component: { type: 'application', name: own.name, version } },
    components: listed,
  })}\n`,
)
