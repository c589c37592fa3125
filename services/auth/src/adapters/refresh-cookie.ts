import type { FastifyReply, FastifyRequest } from 'fastify'

const name = 'concord_refresh'

/**
 * The console keeps its refresh token in a cookie that no script can read. It says who it is by a header that a foreign page
 * cannot send without asking first (CORS), which together with SameSite=Strict keeps forged requests out.
 */
export function refreshCookie({ publicUrl, maxAgeS }: { publicUrl: string; maxAgeS: number }) {
  const attributes = {
    path: '/api/v1/auth',
    httpOnly: true,
    sameSite: 'strict',
    secure: publicUrl.startsWith('https:'),
  } as const
  return {
    isConsole: (request: FastifyRequest): boolean => request.headers['x-concord-client'] === 'console',
    read: (request: FastifyRequest): string | undefined => request.cookies[name],
    write: (reply: FastifyReply, token: string) => reply.setCookie(name, token, { ...attributes, maxAge: maxAgeS }),
    clear: (reply: FastifyReply) => reply.clearCookie(name, attributes),
  }
}

export type RefreshCookie = ReturnType<typeof refreshCookie>
