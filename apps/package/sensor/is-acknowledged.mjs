// Exits with 0 if the monitor has acknowledged every row of every outbox in the folder, else with 1.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

process.removeAllListeners('warning')
const folder = process.argv[2]
for (const file of globSync('*.db', { cwd: folder })) {
  const { waiting } = new DatabaseSync(join(folder, file))
    .prepare('SELECT (SELECT count(*) FROM rows, state WHERE seq > cursor) + (SELECT count(*) FROM quarantine) AS waiting')
    .get()
  if (waiting > 0) process.exit(1)
}
