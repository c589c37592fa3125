import { userRegistered } from '@concord/contracts/events'
import type { Register } from '@concord/contracts/identity'
import { AppError } from '@concord/service-kit/errors'
import { newId } from '@concord/service-kit/ids'
import type { Account, Transaction } from '../ports.ts'

/** Checked before the password is hashed, so that a refused request costs no hashing. */
export function refuseInvitation({ invitation_token: token }: Register): void {
  if (token === undefined) return
  const detail = 'no such invitation'
  throw new AppError('unprocessable', detail, { errors: [{ pointer: '#/invitation_token', detail }] })
}

export async function register(tx: Transaction, request: Register, passwordHash: string): Promise<Account> {
  const account = await tx.accounts.insert({
    id: newId('usr'),
    email: normaliseEmail(request.email),
    username: request.username?.toLowerCase() ?? null,
    fullName: request.full_name,
    passwordHash,
    role: 'user',
    plan: 'free',
  })
  if (!account) throw new AppError('conflict', 'this e-mail address or username is taken')
  await tx.publish(userRegistered, { correlation_id: account.id, data: { user_id: account.id, plan: account.plan } })
  return account
}

export function normaliseEmail(email: string): string {
  return email.normalize('NFKC').toLowerCase()
}
