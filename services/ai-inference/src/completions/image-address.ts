import { BlockList, isIP } from 'node:net'

/** Networks that only machines nearby are in (RFC 6890). */
const nearby = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  nearby.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  nearby.addSubnet(network, bits, 'ipv6')

/** What is wrong with the address of an image that a provider would fetch; undefined where it may. Images as data URLs are no addresses. */
export function imageAddressFault(address: string): string | undefined {
  if (address.startsWith('data:')) return undefined
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:') return 'expected an https address or a data URL'
  if (url.username !== '' || url.password !== '') return 'expected an address without credentials'
  return isPrivate(url.hostname) ? 'expected an address that is reachable from everywhere' : undefined
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
  const kind = isIP(host)
  if (kind === 4) return nearby.check(host, 'ipv4')
  if (kind === 6) return nearby.check(host, 'ipv6')
  return !host.includes('.') || /\.(?:local|localhost|internal|lan|home|intranet|corp|test|invalid)$/.test(host)
}
