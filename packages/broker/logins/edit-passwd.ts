import { hashPassword, parsePasswords, verify } from '../access/passwd.ts'
import { isMadePassword } from './passwords.ts'

/** A password that a person has chosen is easier to guess, so its hash is slower to compute. */
const slow = { iterations: 100_000 }

/**
 * Adds these users to the text of a password file, or replaces their hashes if their passwords differ. All other lines
 * stay unchanged.
 * @throws PasswdError for an invalid line
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

/** Removes a user from the text of a password file. All other lines stay unchanged. */
export function withoutUser(text: string, user: string): string {
  return text.replace(new RegExp(`^[ \\t]*${user}[ \\t]*:.*\\n?`, 'm'), '')
}
