/** Appends rows to the outbox of its argument until it is killed, and prints each one after its commit. */
import { writeSync } from 'node:fs'
import { silent } from '@hearthwatch/log'
import { openFile } from '../outbox/file.ts'
import { createOutbox } from '../outbox/outbox.ts'
import { noon, tick } from './outbox-folder.ts'

const outbox = createOutbox(openFile(process.argv[2] ?? '', 'full', silent), 1, 1_000_000)
for (let value = outbox.unacknowledged; ; value += 1) {
  outbox.append([tick(noon + value * 1000, value)])
  writeSync(1, `${value}\n`)
}
