import { createHash, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/**
 * The hash of each user in a password file of Mosquitto 2 (https://mosquitto.org/man/mosquitto_passwd-1.html).
 * Each line is `user:hash`; empty lines and lines that start with `#` are ignored. The hash is `$7$iterations$salt$key`:
 * PBKDF2 with SHA-512 and a key of 64 bytes. The older form `$6$salt$key` is SHA-512 of the password and the salt.
 * Salt and key are in Base64.
 */
export type Passwords = ReadonlyMap<string, string>

/** An invalid line. Mosquitto 2.0 skips such a user, 2.1 does not start; here it is always an error. */
export class PasswdError extends Error {
  constructor(file: string, line: number, problem: string) {
    super(`${file}, line ${line}: ${problem}`)
    this.name = 'PasswdError'
  }
}

interface Hash {
  /** Iterations of PBKDF2; 0 for the older form. */
  iterations: number
  salt: Buffer
  key: Buffer
}

const derive = promisify(pbkdf2)
const keyBytes = 64
/** Mosquitto 2.0 accepts no other length. */
const saltBytes = 12
/** More iterations would take several seconds per login. */
const maxIterations = 10_000_000

/**
 * Parses the text of a password file.
 * @param file its name, for the error.
 * @returns the users' hashes, unchanged.
 * @throws PasswdError that names the file and the line; it contains no part of a hash.
 */
export function parsePasswords(text: string, file = 'passwd'): Passwords {
  const passwords = new Map<string, string>()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [user = '', hash = ''] = line.split(':').map((part) => part.trim())
    if (user === '') throw new PasswdError(file, index + 1, 'no user name')
    if (passwords.has(user)) throw new PasswdError(file, index + 1, `${user} is listed a second time`)
    if (readHash(hash) === undefined) throw new PasswdError(file, index + 1, `"${user}:" is not followed by a password hash`)
    passwords.set(user, hash)
  }
  return passwords
}

/**
 * Hashes a password for a password file.
 * @param iterations 1 to 10,000,000. The default takes about 1 ms and is enough for the random passwords of setup. Use
 * 100,000 or more for passwords that people choose.
 */
export function hashPassword(password: string, { iterations = 1000 } = {}): string {
  const salt = randomBytes(saltBytes)
  const key = pbkdf2Sync(password, salt, iterations, keyBytes, 'sha512')
  return `$7$${iterations}$${salt.toString('base64')}$${key.toString('base64')}`
}

/**
 * True if the user exists and the password is right. An unknown user takes as long as a known one, so that the time does
 * not reveal user names.
 */
export async function verify(passwords: Passwords, user: string, password: string | Buffer): Promise<boolean> {
  const known = readHash(passwords.get(user) ?? '')
  const hash = known ?? anyHash(passwords)
  const key = await keyOf(password, hash)
  return timingSafeEqual(key, hash.key) && known !== undefined
}

function readHash(text: string): Hash | undefined {
  const [, kind, iterations, salt = '', key = ''] = /^\$(?:(7)\$([1-9]\d{0,7})|6)\$([\w+/=]+)\$([\w+/=]+)$/.exec(text) ?? []
  const hash = { iterations: kind === '7' ? Number(iterations) : 0, salt: Buffer.from(salt, 'base64'), key: Buffer.from(key, 'base64') }
  return hash.salt.length > 0 && hash.key.length === keyBytes && hash.iterations <= maxIterations ? hash : undefined
}

async function keyOf(password: string | Buffer, { iterations, salt }: Omit<Hash, 'key'>): Promise<Buffer> {
  if (iterations === 0) return createHash('sha512').update(password).update(salt).digest()
  return derive(password, salt, iterations, keyBytes, 'sha512')
}

/** The hash of any user, for the same computing time; without users, a hash with the defaults of Mosquitto 2.0. */
function anyHash(passwords: Passwords): Hash {
  const [first = ''] = passwords.values()
  return readHash(first) ?? { iterations: 101, salt: Buffer.alloc(saltBytes), key: Buffer.alloc(keyBytes) }
}
