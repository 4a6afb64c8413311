import { randomInt } from 'node:crypto'

/** Without `0 o`, `1 i l` and capitals, which are easily confused on paper. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A random password of 138 bits that is easy to read out and to type: seven groups of four, `k7qm-x2dh-…`. */
export function makePassword(): string {
  return Array.from({ length: 7 }, makeGroup).join('-')
}

/** True if the password has the form of `makePassword`, so that it was probably not chosen by a person. */
export function isMadePassword(password: string): boolean {
  return new RegExp(`^[${alphabet}]{4}(-[${alphabet}]{4}){6}$`).test(password)
}

function makeGroup(): string {
  return Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')
}
