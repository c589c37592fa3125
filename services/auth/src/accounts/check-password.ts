import { AppError } from '@concord/service-kit/errors'
import type { Account, Deps } from '../ports.ts'
import type { Lockout } from './lockout.ts'
import { normaliseEmail } from './register.ts'

/** The account whose password this is. An unknown e-mail costs the same time and gives the same answer as a wrong password. */
export async function checkPassword(
  deps: Pick<Deps, 'inTransaction' | 'passwords'>,
  guarded: Lockout,
  { email, password, address }: { email: string; password: string; address: string },
): Promise<Account> {
  const name = normaliseEmail(email)
  const account = await guarded({ email: name, address }, async () => {
    const found = await deps.inTransaction((tx) => tx.accounts.byEmail(name))
    const correct = await deps.passwords.verify(found?.passwordHash ?? hashOfNobody, password)
    return found && correct ? found : undefined
  })
  if (!account) throw new AppError('unauthenticated', 'e-mail or password is wrong')
  return account
}

/** argon2id of a random string that was thrown away, with the parameters of `adapters/argon2-passwords.ts`. */
const hashOfNobody = '$argon2id$v=19$m=19456,t=2,p=1$VqUMlOcOxKLDLo5DauwaHQ$EpgFGmpeLEah/QcRbLsZZ5i/S/4rjfggTZkBvXuD9hM'
