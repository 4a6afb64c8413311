import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Log } from '@hearthwatch/log'
import { type Acl, allowed, parseAcl, roomsIn } from './acl.ts'
import { type Passwords, parsePasswords, verify } from './passwd.ts'
import { takeTurns } from './turns.ts'

export interface AccessOptions {
  passwordFile: string
  aclFile: string
  /** Users with plain passwords; they take precedence over the file. */
  users: Readonly<Record<string, string>>
  /** Users of the file are admitted only after this resolves. */
  ready?: Promise<void> | undefined
  log: Log
}

/** Authentication and authorization by the two files as last read. */
export interface Access {
  /** @param isWanted asked before the password is verified: false if the client has gone meanwhile. */
  admits(user: string | undefined, password: Buffer | undefined, isWanted: () => boolean): Promise<boolean>
  /** Whether this user exists, whose certificate proves it without a password. */
  knows(user: string): Promise<boolean>
  allows(user: string, action: 'read' | 'write', topic: string): boolean
  /** Reads both files again. If either is invalid, both old versions stay in force and the error is logged. */
  reload(): Promise<void>
  /** The rooms that the list names for this user; null: there is no such user. */
  roomsOf(user: string): string[] | null
  /** The user's password or its hash. A different or missing one after a reload invalidates the earlier login. */
  credential(user: string): string | undefined
}

/** @throws Error that names the file, for an invalid line or an unreadable access list. A missing password file is no error. */
export async function openAccess({ passwordFile, aclFile, users, ready, log }: AccessOptions): Promise<Access> {
  const plain = new Map(Object.entries(users))
  // Half of Node's thread pool: guesses must not delay files, mails and the login of the page.
  const inTurn = takeTurns(2)
  let passwords: Passwords = new Map()
  let acl: Acl

  const read = async (mayBeMissing: boolean) => {
    const [passwd, list] = await Promise.all([readPasswords(passwordFile), readList(aclFile)])
    if (passwd === undefined && !mayBeMissing) throw new Error(`${passwordFile} does not exist any more`)
    if (passwd === undefined) {
      const admitted = plain.size > 0 ? `only ${[...plain.keys()].join(', ')}` : 'no user'
      log.warn(`no password file: ${admitted} can connect; run "npm run setup" to create it`, { file: passwordFile })
    }
    passwords = passwd ?? new Map()
    acl = list
  }
  await read(true)

  return {
    async admits(user, password, isWanted) {
      // An empty password is none, even if the file has a hash of it, as in Mosquitto.
      if (!user || password === undefined || password.length === 0) return false
      const expected = plain.get(user)
      if (expected !== undefined) return isSame(expected, password)
      await ready
      return inTurn(async () => isWanted() && verify(passwords, user, password))
    },
    async knows(user) {
      if (!passwords.has(user)) return false
      await ready
      return passwords.has(user)
    },
    // The client id is always the user name: see handlers.ts.
    allows: (user, action, topic) => allowed(acl, { username: user, clientId: user, action, topic }),
    roomsOf: (user) => (plain.has(user) || passwords.has(user) ? roomsIn(acl, user) : null),
    async reload() {
      try {
        await read(passwords.size === 0)
        log.info('password file and access list reloaded', { users: passwords.size })
      } catch (error) {
        log.error('reload failed: the old password file and access list stay in force', { error })
      }
    },
    credential: (user) => plain.get(user) ?? passwords.get(user),
  }
}

async function readPasswords(file: string): Promise<Passwords | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unreadable('the password file', error)
  })
  return text === undefined ? undefined : parsePasswords(text, file)
}

/** Reads the list that setup has made (`acl.made`), else the committed one (`acl`). */
async function readList(file: string): Promise<Acl> {
  const made = `${file}.made`
  const text = await readFile(made, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unreadable('the access list', error)
  })
  if (text !== undefined) return parseAcl(text, made)
  const committed = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable('the access list', error)
  })
  return parseAcl(committed, file)
}

function unreadable(what: string, error: NodeJS.ErrnoException): Error {
  return Object.assign(new Error(`${what} cannot be read: ${error.message}`, { cause: error }), { code: error.code })
}

/** Compares digests, so that the time reveals neither the password nor its length. */
function isSame(expected: string, given: Buffer): boolean {
  const digest = (text: string | Buffer) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(expected), digest(given))
}
