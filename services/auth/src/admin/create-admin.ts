import { userRegistered, userRoleChanged } from '@concord/contracts/events'
import type { Role } from '@concord/contracts/plans'
import { newId } from '@concord/service-kit/ids'
import { normaliseEmail } from '../accounts/register.ts'
import type { Account, Deps } from '../ports.ts'

type Request = { email: string; password: string; role: Role }
type Created = { account: Account; created: boolean }

/** The operator's way to the first super_admin: creates the account, or gives an existing one the role and leaves its password. */
export async function createAdmin(
  deps: Pick<Deps, 'inTransaction' | 'passwords' | 'board' | 'now' | 'settings'>,
  { email, password, role }: Request,
): Promise<Created> {
  const passwordHash = await deps.passwords.hash(password)
  const result = await deps.inTransaction(async (tx): Promise<Created> => {
    const name = normaliseEmail(email)
    const fresh = await tx.accounts.insert({
      id: newId('usr'),
      email: name,
      username: null,
      fullName: 'Administrator',
      passwordHash,
      role,
      plan: 'guardian',
    })
    if (fresh) {
      await tx.publish(userRegistered, { correlation_id: fresh.id, data: { user_id: fresh.id, plan: fresh.plan } })
      return { account: fresh, created: true }
    }
    const existing = await tx.accounts.byEmail(name)
    if (!existing) throw new Error('the account was removed meanwhile; try again')
    const account = await tx.accounts.setGrants(existing.id, { role })
    await tx.publish(userRoleChanged, {
      correlation_id: account.id,
      data: { user_id: account.id, role, by: 'operator' },
    })
    return { account, created: false }
  })
  await deps.board.stampAccount(result.account, new Date(deps.now().getTime() + deps.settings.accessTtlS * 1_000))
  return result
}
