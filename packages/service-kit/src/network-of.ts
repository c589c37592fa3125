import ipaddr from 'ipaddr.js'

/**
 * What a limit by address counts: the address of an IPv4 client, the /64 of an IPv6 one, since whoever has one address of a /64
 * has all of them. An IPv4 address that is mapped into IPv6 is the IPv4 address.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const client = ipaddr.process(address)
  if (!(client instanceof ipaddr.IPv6)) return client.toString()
  return `${client.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}
