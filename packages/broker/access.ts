import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Log } from '@hearthwatch/log'
import { type Acl, allowed, parseAcl } from './acl.ts'
import { type Passwords, parsePasswords, verify } from './passwd.ts'

export interface AccessOptions {
  passwordFile: string
  aclFile: string
  /** Users with plain passwords who need not stand in the file; they win over it. */
  users: Readonly<Record<string, string>>
  /** Who stands in the file waits for this. */
  ready?: Promise<void> | undefined
  log: Log
}

/** Who is let in, and to what, by the files as they were when last read. */
export interface Access {
  admits(user: string | undefined, password: Buffer | undefined): Promise<boolean>
  allows(user: string, action: 'read' | 'write', topic: string): boolean
  /** Reads both files again. Where one is wrong, both stay as they were, and the log says why. */
  reload(): Promise<void>
  /** What a user logs in with; another one (or none) after a reload means that the old login holds no longer. */
  credential(user: string): string | undefined
}

/** @throws Error naming the file, for a wrong line or a list that cannot be read. A missing password file is no error. */
export async function openAccess({ passwordFile, aclFile, users, ready, log }: AccessOptions): Promise<Access> {
  const own = new Map(Object.entries(users))
  let passwords: Passwords = new Map()
  let acl: Acl

  const read = async (mayBeMissing: boolean) => {
    const [passwd, list] = await Promise.all([readPasswords(passwordFile), readList(aclFile)])
    if (passwd === undefined && !mayBeMissing) throw new Error(`${passwordFile} is not there any more`)
    if (passwd === undefined) {
      const who = own.size > 0 ? `nobody but ${[...own.keys()].join(', ')}` : 'nobody'
      log.warn(`There is no password file, so ${who} can connect. "npm run setup" makes one.`, { file: passwordFile })
    }
    passwords = passwd ?? new Map()
    acl = list
  }
  await read(true)

  return {
    async admits(user, password) {
      if (!user || password === undefined) return false
      const plain = own.get(user)
      if (plain !== undefined) return isSame(plain, password)
      await ready
      return verify(passwords, user, password)
    },
    // The client id is always the user name: see broker.ts.
    allows: (user, action, topic) => allowed(acl, { username: user, clientId: user, action, topic }),
    async reload() {
      try {
        await read(passwords.size === 0)
        log.info('the password file and the access list were read again', { users: passwords.size })
      } catch (error) {
        log.error('the password file and the access list stay as they were', { error })
      }
    },
    credential: (user) => own.get(user) ?? passwords.get(user),
  }
}

async function readPasswords(file: string): Promise<Passwords | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unreadable('the password file', error)
  })
  return text === undefined ? undefined : parsePasswords(text, file)
}

async function readList(file: string): Promise<Acl> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable('the access list', error)
  })
  return parseAcl(text, file)
}

function unreadable(what: string, error: NodeJS.ErrnoException): Error {
  return Object.assign(new Error(`${what} cannot be read: ${error.message}`, { cause: error }), { code: error.code })
}

/** In the same time for every wrong password: of hashes, whose length says nothing. */
function isSame(wanted: string, given: Buffer): boolean {
  const digest = (text: string | Buffer) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(wanted), digest(given))
}
