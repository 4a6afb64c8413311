import { keepSecrets } from '../backup/compose-secrets.ts'
import { backupFolder } from '../backup/places.ts'
import { readConfig } from '../config/config.ts'
import { runCommand, UsageError } from './run.ts'

const help = `node apps/monitor/commands/keep-secrets.ts --root /

For Docker Compose, where the service renewal runs it each day. It packs the passwords, the authority and the certificates of
the volumes, and .env, into one file beside the nightly backups. With BACKUP_KEY the file is encrypted, and part of each backup.
Without it, root alone can read the file.

  --root DIR   folder in which the volumes are mounted below secrets, and the clone on clone
  --help       print this help`

process.exitCode = await runCommand(help, { root: { type: 'string' } }, async ({ root }) => {
  if (root === undefined) throw new UsageError('Name the folder with --root.')
  const { DATABASE_FILE, BACKUP_KEY } = readConfig()
  const file = await keepSecrets({ root, folder: backupFolder({ DATABASE_FILE }), recipient: BACKUP_KEY })
  console.log(`The secrets of the house are packed: ${file}`)
  return 0
})
