import { hashPassword, parsePasswords, verify } from '@hearthwatch/broker/passwd'
import { isMadePassword } from './passwords.ts'

/** Where a person has thought up the password, guessing it from the hash shall take long. */
const slow = { iterations: 100_000 }

/**
 * The text of a password file in which these users have these passwords. A line that is right already stays, so a
 * second run changes nothing; so do all other users.
 * @throws PasswdError for a line that is none
 */
export async function completePasswd(text: string, users: Record<string, string>): Promise<string> {
  const known = parsePasswords(text, 'passwd')
  let result = text
  for (const [user, password] of Object.entries(users)) {
    if (await verify(known, user, password)) continue
    const line = `${user}:${await hashPassword(password, isMadePassword(password) ? {} : slow)}`
    const old = new RegExp(`^[ \\t]*${user}[ \\t]*:.*$`, 'm')
    result = known.has(user) ? result.replace(old, () => line) : `${result.replace(/(?<=[^\n])$/, '\n')}${line}\n`
  }
  return result
}
