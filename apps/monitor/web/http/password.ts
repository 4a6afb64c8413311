import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Log } from '@hearthwatch/log'
import { isOutsideTrouble } from '../../store/file/open.ts'
import type { PasswordHash } from '../../store/password.ts'
import type { Store } from '../../store/store.ts'

/** 16 MB and some 50 ms a try: too much for whoever has a stolen backup and a list of words, and not for one login. */
const cost = { N: 2 ** 14, r: 8, p: 1 }
const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt)

export interface Password {
  /** Takes as long for a wrong one as for the right one. */
  isRight(given: string): Promise<boolean>
  /** A key that changes with the password: what is made with it is worthless afterwards. */
  readonly key: Buffer
}

/**
 * The password of the page. Its hash is kept, so that it is known at the next start whether it is still the same:
 * sessions outlive a start, and end with the password.
 */
export async function keepPassword(password: string, store: Pick<Store, 'passwords' | 'transaction'>, log: Log): Promise<Password> {
  const kept = store.passwords.get()
  const isKept = kept !== undefined && (await fits(password, kept))
  const current = isKept ? kept : await hashOf(password)
  if (!isKept) {
    try {
      store.transaction(() => store.passwords.put(current))
    } catch (error) {
      // The house is watched on a full disk, too; the next start makes another one.
      if (!isOutsideTrouble(error)) throw error
      log.warn('the hash of the password could not be kept', { error })
    }
  }
  return { isRight: (given) => fits(given, current), key: current.hash }
}

async function hashOf(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16)
  return { salt, hash: await derive(password, salt, 32, cost) }
}

async function fits(given: string, { salt, hash }: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(given, salt, hash.length, cost), hash)
}
