import packageJson from '../../../package.json' with { type: 'json' }
import { backupFolder } from '../backup/places.ts'
import { writeBackup } from '../backup/write-backup.ts'
import { readConfig } from '../config.ts'
import { runCommand } from './run.ts'

const help = `npm run backup [-- options]

Writes the database, rules, settings, passwords and certificates into one file, checks it, and deletes the oldest backups of
its folder beyond BACKUP_KEEP (0: none is deleted). The monitor may be running; it does the same each night. The last line of the output is the
file's path. It has passwords: encrypt it where others can read the folder.

  --to DIR            folder of the backups (default: BACKUP_DIR, else the folder backups beside the database)
  --encrypt-to KEY    encrypts for a public key of age, age1…; restore needs the file of age-keygen (default: BACKUP_KEY)
  --help              print this help`

const options = { to: { type: 'string' }, 'encrypt-to': { type: 'string' } } as const

process.exitCode = await runCommand(help, options, async (values) => {
  const config = readConfig()
  const file = await writeBackup({
    house: config,
    folder: values.to ?? backupFolder(config),
    keep: config.BACKUP_KEEP,
    recipient: values['encrypt-to'] ?? config.BACKUP_KEY,
    version: packageJson.version,
    now: Date.now(),
    onStep: (what) => console.error(`${what} …`),
  })
  console.log(file)
  return 0
})
