import { userPlanChanged, userRoleChanged } from '@concord/contracts/events'
import { rolesAscending } from '@concord/contracts/plans'
import type { Plan, Role } from '@concord/contracts/plans'
import { AppError } from '@concord/service-kit/errors'
import type { Account, Transaction } from '../ports.ts'

type Actor = { id: string; role: Role }

/** Nobody grants a role above their own, only a super_admin makes or unmakes admins, and the last super_admin stays. */
export async function changeRole(tx: Transaction, actor: Actor, userId: string, role: Role): Promise<Account> {
  const superAdmins = await tx.accounts.lockSuperAdmins()
  const account = await tx.accounts.lock(userId)
  if (!account) throw new AppError('not-found', 'no such user')
  if (actor.role !== 'super_admin' && (isAdmin(role) || isAdmin(account.role)))
    throw new AppError('forbidden', 'only a super_admin makes or unmakes admins')
  if (account.role === 'super_admin' && role !== 'super_admin' && superAdmins === 1)
    throw new AppError('conflict', 'the last super_admin cannot be removed')
  const changed = await tx.accounts.setGrants(userId, { role })
  await tx.publish(userRoleChanged, { correlation_id: userId, data: { user_id: userId, role, by: actor.id } })
  return changed
}

export async function changePlan(tx: Transaction, actor: Actor, userId: string, plan: Plan): Promise<Account> {
  const account = await tx.accounts.lock(userId)
  if (!account) throw new AppError('not-found', 'no such user')
  const changed = await tx.accounts.setGrants(userId, { plan })
  await tx.publish(userPlanChanged, { correlation_id: userId, data: { user_id: userId, plan, by: actor.id } })
  return changed
}

function isAdmin(role: Role): boolean {
  return rolesAscending.indexOf(role) >= rolesAscending.indexOf('admin')
}
