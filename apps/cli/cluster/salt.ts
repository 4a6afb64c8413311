import { createHash } from 'node:crypto'
import type { Login } from './broker.ts'

/**
 * A salt made of the login, so that a second run of setup writes the same file. It does not make a password easier to guess:
 * those of setup have 138 random bits.
 * @param bytes 1 to 32
 */
export const saltOf = ({ user, password }: Login, bytes: number): Buffer =>
  createHash('sha256').update(`salt\0${user}\0${password}`).digest().subarray(0, bytes)
