import { randomUUID } from 'node:crypto'
import { inProcessKeyValue } from '@concord/key-value/in-process'
import { tokenAudience, tokenCheck } from '@concord/service-kit/token'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { cpuPerCall } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

const issuer = 'http://localhost:8080'
const calls = 1_000

/** The check of a Bearer token with its denylist, against nothing but the verification of its signature. */
export async function token(): Promise<Report> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keyValue = inProcessKeyValue()
  const check = tokenCheck({ issuer, keyValue, keys: async () => publicKey })
  const text = await new SignJWT({ kind: 'user', sid: 'ses_1', scope: 'queries:write', role: 'user', plan: 'pro' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(tokenAudience)
    .setSubject('usr_1')
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(privateKey)
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < 5; round++) {
    ours.push(await cpuPerCall(calls, () => check(text)))
    bare.push(await cpuPerCall(calls, () => jwtVerify(text, publicKey)))
  }
  await keyValue.close()
  return {
    name: 'token',
    title: 'The check of an access token',
    columns: ['tokenCheck', 'jose’s jwtVerify'],
    rows: [{ what: 'CPU of one check', unit: 'µs', values: [median(ours), median(bare)] }],
  }
}
