import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { giveToOwner, restoreSecrets } from '../backup/compose-secrets.ts'
import { UnreadableBackup } from '../backup/errors.ts'
import { newestFirst, sealed, secretsName } from '../backup/names.ts'
import { readBackup } from '../backup/read-backup.ts'
import { isRemote } from '../backup/remote/address.ts'
import { openRemote } from '../backup/remote/open.ts'
import { type Change, planRestore, restore } from '../backup/restore.ts'
import { unseal } from '../backup/seal.ts'
import { type Config, readConfig } from '../config/config.ts'
import { takeOver } from '../store/file/take-over.ts'
import { openStore } from '../store/store.ts'
import { runCommand, UsageError } from './run.ts'

const help = `npm run restore -- FILE [--yes] [--identity KEYFILE]
npm run restore -- --from-damaged FILE

Puts the files of a backup in their places: database, rules, settings, passwords and certificates. It checks the backup first,
says what it would do, and keeps each replaced file beside its place. Sensors send again what they still have since then.
FILE may be an address as for backup; without a file name it means the newest backup there.
With --from-damaged it adds the readings that can still be read from a database that was set aside as damaged.
Stop the monitor first.

  --yes                  does not ask
  --identity KEYFILE     file of age-keygen, for an encrypted backup
  --root DIR             under Docker Compose, the service restore: the volumes of secrets are mounted below secrets in this folder.
                         They are restored as well, from an encrypted backup or from house-secrets.tar.gz
  --from-damaged FILE    such as data/hearthwatch.db.damaged-20261130T112420Z
  --help                 print this help`

const options = {
  yes: { type: 'boolean' },
  identity: { type: 'string' },
  root: { type: 'string' },
  'from-damaged': { type: 'string' },
} as const

const words: Record<Change['kind'], string> = {
  new: 'is made',
  replaced: 'is replaced; the present one is kept',
  same: 'stays, it is the same',
}

process.exitCode = await runCommand(
  help,
  options,
  async ({ yes = false, identity, root, 'from-damaged': damaged }, files) => {
    const config = readConfig()
    const [file] = files
    if ((damaged === undefined) === (file === undefined) || files.length > 1) throw new UsageError('Name one file.')
    return file === undefined ? fromDamaged(damaged ?? '', config) : fromBackup(file, config, { yes, identity, root })
  },
  true,
)

async function fromBackup(
  file: string,
  config: Config,
  { yes, identity, root }: { yes: boolean; identity: string | undefined; root: string | undefined },
): Promise<number> {
  const folder = dirname(config.DATABASE_FILE)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const work = mkdtempSync(join(folder, '.restore-'))
  try {
    const packed = await opened(await fetched(file, work, config), work, identity)
    if (root !== undefined && basename(file).startsWith(secretsName)) return await secretsFrom(packed, root, yes)
    const { manifest, content } = await readBackup(packed, join(work, 'files'))
    const changes = planRestore(manifest, join(work, 'files'), config)
    const last = content.last === null ? '' : `, the last of ${new Date(content.last).toISOString()}`
    console.log(`Backup of ${manifest.made}: ${content.readings.toLocaleString('en')} readings${last}.`)
    for (const change of changes) console.log(`  ${change.path}: ${words[change.kind]}`)
    if (!yes && !(await isAgreed())) {
      console.log('Nothing was changed.')
      return 1
    }
    for (const kept of restore(changes, join(work, 'files'), config, Date.now())) console.log(`Kept: ${kept}`)
    if (root !== undefined) {
      giveToOwner(folder)
      const secrets = join(work, 'files', secretsName + sealed)
      if (existsSync(secrets)) return await secretsFrom(await opened(secrets, work, identity), root, true)
      console.log(`This backup has no secrets: restore ${secretsName}, which lies beside it, too.`)
      return 0
    }
    console.log(
      'Restored. Start the monitor: the sensors send what they still have since then. If passwords changed, restart the broker, too.',
    )
    return 0
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Puts the secrets of the volumes back. */
async function secretsFrom(packed: string, root: string, yes: boolean): Promise<number> {
  console.log('The passwords, the authority and the certificates of the house are replaced.')
  if (!yes && !(await isAgreed())) {
    console.log('Nothing was changed.')
    return 1
  }
  for (const name of await restoreSecrets(packed, root)) console.log(`Restored: ${name}`)
  console.log('Start the house: docker compose up -d')
  return 0
}

/** The file itself; from an address, a copy of it in the folder. */
async function fetched(file: string, work: string, config: Config): Promise<string> {
  if (!isRemote(file)) return file
  const [, folder = '', named, query = ''] = /^(.*?)(?:\/(hearthwatch-[^/?]*))?(\?.*)?$/s.exec(file) ?? []
  const remote = await openRemote(folder + query, config)
  try {
    const name = named ?? newestFirst(await remote.list())[0]
    if (name === undefined) throw new UnreadableBackup(`There is no backup in ${remote.shown}.`)
    console.log(`Reading ${remote.shown}/${name} …`)
    await remote.download(name, join(work, name))
    return join(work, name)
  } finally {
    await remote.close()
  }
}

/** The packed file; an encrypted one is decrypted into the folder. */
async function opened(file: string, work: string, identity: string | undefined): Promise<string> {
  if (!file.endsWith(sealed)) return file
  if (identity === undefined) throw new UsageError('This backup is encrypted: name the file of age-keygen with --identity.')
  const packed = join(work, 'packed')
  writeFileSync(packed, await unseal(file, identity), { mode: 0o600 })
  return packed
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('Without a terminal, restore needs --yes.')
  const terminal = createInterface(process.stdin, process.stdout)
  const answer = await terminal.question('Do it? [y/N] ')
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

async function fromDamaged(file: string, { DATABASE_FILE }: Config): Promise<number> {
  const store = openStore(DATABASE_FILE)
  try {
    const { added, known, refused, damaged } = takeOver(file, store, (number, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Kseries ${number} of ${of}`)
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    console.log(`${added.toLocaleString('en')} readings were added; ${known.toLocaleString('en')} were there already.`)
    if (refused > 0) console.log(`${refused.toLocaleString('en')} were refused: their sensor has more rooms or series than are allowed.`)
    if (damaged > 0) console.log(`${damaged} series have unreadable pages; the rest of them was taken over.`)
    return 0
  } finally {
    store.close()
  }
}
