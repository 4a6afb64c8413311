import packageJson from '../../../package.json' with { type: 'json' }
import { backupFolder } from '../backup/places.ts'
import { addressProblem, isRemote } from '../backup/remote/address.ts'
import { copyTo } from '../backup/remote/copy.ts'
import { openRemote } from '../backup/remote/open.ts'
import { writeBackup } from '../backup/write-backup.ts'
import { type Config, readConfig } from '../config/config.ts'
import { runCommand, UsageError } from './run.ts'

const help = `npm run backup [-- options]

Writes the database, rules, settings, passwords and certificates into one file, checks it, and deletes the oldest backups of
its folder beyond BACKUP_KEEP (0: none is deleted). The monitor may be running; it does the same each night. The last line of the output is the
file's path. It has passwords: encrypt it where others can read the folder.

  --to PLACE          folder of the backups (default: BACKUP_DIR, else the folder backups beside the database), or an address:
                      sftp://user@host/path, s3://KEY:SECRET@host/bucket/prefix?region=…; s3+http:// is S3 without TLS.
                      The backup is written beside the database first, then copied there, read back and compared.
  --encrypt-to KEY    encrypts for a public key of age, age1…; restore needs the file of age-keygen (default: BACKUP_KEY)
  --help              print this help`

const options = { to: { type: 'string' }, 'encrypt-to': { type: 'string' } } as const

process.exitCode = await runCommand(help, options, async (values) => {
  const problem = addressProblem(values.to)
  if (problem !== undefined) throw new UsageError(`The address after --to ${problem}.`)
  const config = readConfig()
  const place = values.to ?? config.BACKUP_DIR
  const file = await write(config, values)
  console.log(file)
  if (place !== undefined && isRemote(place)) console.log(await send(file, place, config))
  return 0
})

async function send(file: string, place: string, config: Config): Promise<string> {
  const remote = await openRemote(place, config)
  try {
    step(`copying it to ${remote.shown}, and comparing`)
    return await copyTo(remote, file, config.BACKUP_KEEP)
  } finally {
    await remote.close()
  }
}

function step(what: string): void {
  console.error(`${what} …`)
}

function write(config: Config, { to, 'encrypt-to': key }: { to?: string; 'encrypt-to'?: string }): Promise<string> {
  return writeBackup({
    house: config,
    folder: backupFolder(to === undefined ? config : { ...config, BACKUP_DIR: to }),
    keep: config.BACKUP_KEEP,
    recipient: key ?? config.BACKUP_KEY,
    version: packageJson.version,
    now: Date.now(),
    onStep: step,
  })
}
