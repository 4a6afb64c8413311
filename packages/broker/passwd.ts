import { createHash, pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/**
 * Password files as Mosquitto 2 writes and reads them (https://mosquitto.org/man/mosquitto_passwd-1.html): a line
 * `user:hash` each, where hash is `$7$iterations$salt$key`, PBKDF2 with SHA-512 and a key of 64 bytes, or the older
 * `$6$salt$key`, SHA-512 of the password and the salt. Salt and key are in Base64. Lines that are empty or start
 * with `#` say nothing.
 */
export type Passwords = ReadonlyMap<string, string>

/** A line that is none. Mosquitto 2.0 leaves such a user out and goes on, 2.1 stops; here it is never overlooked. */
export class PasswdError extends Error {
  constructor(file: string, line: number, problem: string) {
    super(`${file}, line ${line}: ${problem}`)
    this.name = 'PasswdError'
  }
}

interface Hash {
  /** PBKDF2's; 0 for the older kind. */
  iterations: number
  salt: Buffer
  key: Buffer
}

const derive = promisify(pbkdf2)
const keyBytes = 64
/** Mosquitto 2.0 takes no other length. */
const saltBytes = 12
/** More would only keep the broker busy: a few seconds a login. */
const maxIterations = 10_000_000

/**
 * Reads the text of a password file.
 * @param file its name, for the error.
 * @returns the users' hashes, as they stand in the file.
 * @throws PasswdError naming the file and the line; no part of a hash is shown.
 */
export function parsePasswords(text: string, file = 'passwd'): Passwords {
  const passwords = new Map<string, string>()
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [user = '', hash = ''] = line.split(':').map((part) => part.trim())
    if (user === '') throw new PasswdError(file, index + 1, 'no user name')
    if (passwords.has(user)) throw new PasswdError(file, index + 1, `${user} stands here a second time`)
    if (readHash(hash) === undefined) throw new PasswdError(file, index + 1, `what follows "${user}:" is no hash of a password`)
    passwords.set(user, hash)
  }
  return passwords
}

/**
 * What stands behind `user:` in a password file.
 * @param iterations 1 to 10,000,000. The default takes about a millisecond, which is enough for random passwords as
 * setup makes them; choose 100,000 or more for those that people think up.
 */
export function hashPassword(password: string, { iterations = 1000 } = {}): string {
  const salt = randomBytes(saltBytes)
  const key = pbkdf2Sync(password, salt, iterations, keyBytes, 'sha512')
  return `$7$${iterations}$${salt.toString('base64')}$${key.toString('base64')}`
}

/**
 * Whether it is this user's password. Takes as long for a user who does not exist as for one who does, so that
 * nobody learns names by trying.
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

/** Somebody's, to spend the same time on; where there is nobody, what Mosquitto 2.0 itself would make. */
function anyHash(passwords: Passwords): Hash {
  const [somebody = ''] = passwords.values()
  return readHash(somebody) ?? { iterations: 101, salt: Buffer.alloc(saltBytes), key: Buffer.alloc(keyBytes) }
}
