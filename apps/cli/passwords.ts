import { randomInt } from 'node:crypto'

/** Without `0 o`, `1 i l` and capitals, which people mistake for one another on paper. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A new random password of 138 bits that can be read out and typed: `k7qm-x2dh-…`, seven groups of four. */
export function makePassword(): string {
  return Array.from({ length: 7 }, makeGroup).join('-')
}

/** Whether it looks like one that was made here, and not like one that a person has thought up. */
export function isMadePassword(password: string): boolean {
  return new RegExp(`^[${alphabet}]{4}(-[${alphabet}]{4}){6}$`).test(password)
}

function makeGroup(): string {
  return Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')
}
