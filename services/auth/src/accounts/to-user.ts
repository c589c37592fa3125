import type { User } from '@concord/contracts/identity'
import type { Account } from '../ports.ts'

/** An account as its owner sees it. */
export function toUser(account: Account): User {
  return {
    id: account.id,
    email: account.email,
    username: account.username,
    full_name: account.fullName,
    role: account.role,
    plan: account.plan,
    company_id: account.companyId,
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  }
}
