import { createHash, randomBytes } from 'node:crypto'
import { minute } from '@hearthwatch/protocol/durations'

/** Lifetime of a code, ms */
export const codeAge = 10 * minute
const mostCodes = 20

/**
 * One-time logins for a phone: each works once, for ten minutes. Only hashes are held, in memory: a code is of no use
 * after a restart.
 */
export function createLoginCodes(now: () => number) {
  const codes = new Map<string, number>()
  const nameOf = (code: string) => createHash('sha256').update(code).digest('base64')

  return {
    make(): { code: string; expires: number } {
      for (const oldest of codes.keys()) if (codes.size >= mostCodes) codes.delete(oldest)
      const code = randomBytes(24).toString('base64url')
      const expires = now() + codeAge
      codes.set(nameOf(code), expires)
      return { code, expires }
    },

    /** @returns false if the code is unknown, used or too old */
    use(code: string): boolean {
      const name = nameOf(code)
      const expires = codes.get(name)
      codes.delete(name)
      // A code from the future was made before the clock was set back.
      return expires !== undefined && now() < expires && expires - now() <= codeAge
    },
  }
}
