import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Log } from '@hearthwatch/log'
import { spelled } from '@hearthwatch/protocol'
import { isOutsideTrouble } from '../../store/file/open.ts'
import type { PasswordHash, Whose } from '../../store/password.ts'
import type { Store } from '../../store/store.ts'

/** 16 MB and some 50 ms per try: too slow for guessing on a stolen backup, fast enough for a login. */
const cost = { N: 2 ** 14, r: 8, p: 1 }
const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt)

export interface Password {
  /** Takes equally long for a wrong and the right password. */
  isRight(given: string): Promise<boolean>
  /** A key that changes with the password, which invalidates all that was derived from it. */
  readonly key: Buffer
}

/**
 * A password of the page. Its hash is stored, so that sessions survive a restart with the same password and end with a
 * new one. Its spelling in Unicode does not count: keyboards and editors differ in it.
 */
export async function preparePassword(
  whose: Whose,
  password: string,
  store: Pick<Store, 'passwords' | 'transaction'>,
  log: Log,
): Promise<Password> {
  const kept = store.passwords.get(whose)
  const isKept = kept !== undefined && (await fits(password, kept))
  const current = isKept ? kept : await hashOf(password)
  if (!isKept) {
    try {
      store.transaction(() => store.passwords.put(whose, current))
    } catch (error) {
      // A full disk must not stop the monitor; the next start makes another hash.
      if (!isOutsideTrouble(error)) throw error
      log.warn('the hash of the password could not be stored; sessions end with this process', { error })
    }
  }
  return { isRight: (given) => fits(given, current), key: current.hash }
}

async function hashOf(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  return { salt, hash: await derive(spelled(password), salt, 32, cost) }
}

async function fits(given: string, { salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(spelled(given), salt, hash.length, cost), hash)
}
