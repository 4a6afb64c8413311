import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { second } from '@hearthwatch/protocol/durations'
import { BackupError } from '../errors.ts'
import { type RemoteAddress, shownAddress } from './address.ts'
import { checkHost } from './host-key.ts'
import type { RemoteKeys, RemotePlace } from './place.ts'

/** Name of a file while it is copied. */
const partOf = (name: string) => `.${name}.part`
const isPart = (name: string) => /^\.hearthwatch-.*\.part$/.test(name)

/** Connects to an SFTP server. @throws BackupError if it is not the known one, or refuses the login */
export async function openSftp(address: RemoteAddress, keys: RemoteKeys): Promise<RemotePlace> {
  const { default: Client } = await import('ssh2-sftp-client')
  const shown = shownAddress(address)
  const [, host = '', port = '22'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address.host) ?? []
  const folder = address.path[0] === '~' ? address.path.slice(1).join('/') || '.' : `/${address.path.join('/')}`
  const client = new Client('hearthwatch', { error: () => {}, end: () => {}, close: () => {} })
  const check = checkHost(host, Number(port), keys.BACKUP_HOST_KEY)
  const attempt = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      throw new BackupError(`${shown} cannot be used: ${check.refusal() ?? wordsOf(error as Error)}.`)
    }
  }
  await attempt(() =>
    client.connect({
      host,
      port: Number(port),
      username: address.user,
      ...loginWith(address.password, keys.BACKUP_SSH_KEY),
      hostVerifier: (key: Buffer) => check.isKnown(key),
      ...(check.types === undefined ? {} : { algorithms: { serverHostKey: check.types as never } }),
      readyTimeout: 20 * second,
      // A link that is gone is found within a minute.
      keepaliveInterval: 15 * second,
      keepaliveCountMax: 3,
    }),
  )
  const at = (name: string) => `${folder}/${name}`
  const namesThere = async () => ((await client.exists(folder)) === false ? [] : (await client.list(folder)).map(({ name }) => name))
  return {
    shown,
    list: () => attempt(namesThere),
    upload: (file, name) =>
      attempt(async () => {
        await client.mkdir(folder, true)
        for (const left of (await namesThere()).filter(isPart)) await client.delete(at(left), true)
        await client.fastPut(file, at(partOf(name)), { mode: 0o600 })
        await client.delete(at(name), true)
        await client.rename(at(partOf(name)), at(name))
      }),
    // Many requests at a time: one after the other would take a round trip for each 32 KB.
    download: (name, file) => attempt(async () => void (await client.fastGet(at(name), file))),
    remove: (name) => attempt(async () => void (await client.delete(at(name)))),
    close: async () => void (await client.end().catch(() => false)),
  }
}

/** The password of the address opens a private key that has one. Without both, the key files that `ssh` would take. */
function loginWith(password: string, key: string | undefined): { password?: string; privateKey?: string; passphrase?: string } {
  if (key !== undefined) return { privateKey: key, ...(password === '' ? {} : { passphrase: password }) }
  if (password !== '') return { password }
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    try {
      return { privateKey: readFileSync(join(homedir(), '.ssh', name), 'utf8') }
    } catch {
      // The next one.
    }
  }
  throw new Error('the address has no password, and BACKUP_SSH_KEY_FILE names no private key')
}

/** The library begins its messages with the names of its functions. */
const wordsOf = ({ message }: Error): string =>
  /authentication methods failed/.test(message)
    ? 'the login is refused; check user, password and key'
    : message.replace(/^(?:\w+: )+(?=.)/, '').replace(/\.$/, '')
