import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { create, extract, list } from 'tar'
import { BackupError, UnreadableBackup } from './errors.ts'
import { sealed, secretsName } from './names.ts'
import { sealFor } from './seal.ts'

/** The packed folders of the volumes, and the settings of the clone. Paths below the root of the container. */
const members = { secrets: 'secrets', env: 'clone/.env' }

export interface KeepSecretsOptions {
  /** The root of the container. */
  root: string
  /** Folder of the backups; made if it does not exist, for the owner of the folder above. */
  folder: string
  /** Recipient of age; undefined: the file is not encrypted, and only this user may read it. */
  recipient?: string | undefined
}

/**
 * Packs the secrets of a house under Docker Compose. They are in volumes that the monitor cannot read. An encrypted file belongs
 * to the monitor, which takes it into its backups and learns nothing. Any other one is for root alone.
 * @returns the file
 * @throws BackupError if there are none
 */
export async function keepSecrets({ root, folder, recipient }: KeepSecretsOptions): Promise<string> {
  const seal = recipient === undefined ? null : sealFor(recipient)
  const volumes = readdirSync(join(root, members.secrets)).filter((name) => readdirSync(join(root, members.secrets, name)).length > 0)
  if (volumes.length === 0) throw new BackupError('There are no secrets yet: setup makes them.')
  const owner = statSync(dirname(folder))
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, owner.uid, owner.gid)
  }
  const env = existsSync(join(root, members.env)) ? [members.env] : []
  // With the owners, whom the services in the containers need.
  const packed = await buffer(create({ gzip: true, cwd: root }, [...volumes.map((name) => `${members.secrets}/${name}`), ...env]))
  const [plain, encrypted] = [join(folder, secretsName), join(folder, secretsName + sealed)]
  if (seal === null) write(plain, packed)
  else write(encrypted, await seal(packed), owner)
  rmSync(seal === null ? encrypted : plain, { force: true })
  return seal === null ? plain : encrypted
}

/** The folder belongs to a service with fewer rights: a link that it has put there is not followed. */
function write(file: string, bytes: Uint8Array, owner?: { uid: number; gid: number }): void {
  const fresh = `${file}.new`
  rmSync(fresh, { force: true })
  const handle = openSync(fresh, 'wx', 0o600)
  try {
    writeSync(handle, bytes)
    if (owner !== undefined) fchownSync(handle, owner.uid, owner.gid)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(fresh, file)
}

/** Gives all files below a folder to its owner, after root has restored them. */
export function giveToOwner(folder: string): void {
  const { uid, gid } = statSync(folder)
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) lchownSync(join(folder, name), uid, gid)
}

/**
 * Puts packed secrets back with their owners. An existing `.env` stays.
 * @param packed the file, decrypted
 * @returns the names of the volumes and files
 * @throws UnreadableBackup
 */
export async function restoreSecrets(packed: string, root: string): Promise<string[]> {
  const written = new Set<string>()
  try {
    await list({ file: packed, strict: true })
    await extract({
      file: packed,
      cwd: root,
      strict: true,
      preserveOwner: process.getuid?.() === 0,
      filter: (path, entry) => {
        const isTaken = path.startsWith(`${members.secrets}/`) || (path === members.env && !existsSync(join(root, members.env)))
        const isPlain = 'type' in entry && (entry.type === 'File' || entry.type === 'Directory')
        if (isTaken && isPlain) written.add(path.split('/').slice(0, 2).join('/'))
        return isTaken && isPlain
      },
    })
  } catch (error) {
    throw new UnreadableBackup(`The secrets cannot be restored: ${(error as Error).message}.`)
  }
  return [...written].sort()
}
