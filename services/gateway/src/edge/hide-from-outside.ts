import { BlockList, isIPv4 } from 'node:net'
import { AppError } from '@concord/service-kit/errors'
import type { Server } from '@concord/service-kit/server'

const inside = new BlockList()
inside.addSubnet('127.0.0.0', 8)
inside.addSubnet('10.0.0.0', 8)
inside.addSubnet('172.16.0.0', 12)
inside.addSubnet('192.168.0.0', 16)
inside.addAddress('::1', 'ipv6')
inside.addSubnet('fc00::', 7, 'ipv6')
inside.addSubnet('fe80::', 10, 'ipv6')

/** Figures and readiness are for scrapers and probes, which come directly and from private addresses; all others find nothing here. */
export function hideFromOutside(server: Server): void {
  server.addHook('onRequest', async (request) => {
    const { url } = request.routeOptions
    if (url !== '/metrics' && url !== '/ready' && url !== '/openapi.json') return
    const address = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const direct = request.headers['x-forwarded-for'] === undefined && request.headers['forwarded'] === undefined
    if (!direct || !inside.check(address, isIPv4(address) ? 'ipv4' : 'ipv6'))
      throw new AppError('not-found', 'there is nothing at this address')
  })
}
