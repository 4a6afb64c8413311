import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readConfig } from '../config/config.ts'
import { dayBounds, type Zone } from '../localtime.ts'
import { openReadings } from '../store/read-only.ts'
import { writeCsv } from '../store/readings/csv.ts'
import { runCommand, UsageError } from './run.ts'

const help = `npm run export [-- options]

Writes stored readings as CSV in the order of time: time,room,quantity,device,value (ISO 8601, UTC). The monitor may be
running. DATABASE_FILE names the database.

  --room NAME        only readings of this room: its name in MQTT, or the one on the page
  --quantity NAME    only readings of this quantity, such as temperature
  --device ID        only readings of this device
  --from TIME        from this time on: 2026-11-23 (a day in TZ), 2026-11-23T08:00:00Z, or ms since the epoch
  --to TIME          before this time
  --names            adds a column with the names of the rooms on the page
  --out FILE         write to this file, which appears when it is complete; default: standard output
  --help             print this help`

const options = {
  room: { type: 'string' },
  quantity: { type: 'string' },
  device: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  names: { type: 'boolean' },
  out: { type: 'string' },
} as const

process.exitCode = await runCommand(help, options, async (values) => {
  try {
    return await run(values)
  } catch (error) {
    // The reader of the pipe (| head) has closed it.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0
    throw error
  }
})

async function run({
  names,
  ...values
}: { [name in Exclude<keyof typeof options, 'names'>]?: string } & { names?: boolean }): Promise<number> {
  const config = readConfig()
  const from = timeOf('--from', values.from, config.TZ) ?? 0
  const to = timeOf('--to', values.to, config.TZ) ?? Number.MAX_SAFE_INTEGER
  if (from >= to) throw new UsageError('--from must be before --to')
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  const { readings, nameOf, roomOf, close } = openReadings(config.DATABASE_FILE)
  try {
    const filter = values.room === undefined ? values : { ...values, room: roomOf(values.room) }
    let lines = 0
    const onProgress = (count: number, time: number) => {
      lines = count
      if (process.stderr.isTTY && (values.out !== undefined || !process.stdout.isTTY))
        process.stderr.write(`\r\u001b[K${count.toLocaleString('en')} readings, up to ${new Date(time).toISOString().slice(0, 10)}`)
    }
    await write(
      Readable.from(writeCsv({ readings, filter, from, to, nameOf: names ? nameOf : undefined, signal: stopping.signal, onProgress })),
      values.out,
      stopping.signal,
    )
    if (process.stderr.isTTY && lines > 0) process.stderr.write('\r\u001b[K')
  } finally {
    close()
  }
  if (stopping.signal.aborted) console.error('Stopped: the export is incomplete.')
  if (readings.damaged > 0) console.error(`${readings.damaged} archive blocks are damaged; their readings are missing.`)
  return stopping.signal.aborted || readings.damaged > 0 ? 1 : 0
}

async function write(csv: Readable, out: string | undefined, signal: AbortSignal): Promise<void> {
  if (out === undefined) return pipeline(csv, process.stdout, { end: false })
  // Written under a temporary name, so that an incomplete file never has the final name.
  const part = `${out}.part`
  try {
    await pipeline(csv, createWriteStream(part))
    if (!signal.aborted) renameSync(part, out)
  } finally {
    rmSync(part, { force: true })
  }
}

/** @throws UsageError if the text is not a time */
function timeOf(option: string, text: string | undefined, zone: Zone): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text)
  const time = isTime ? Date.parse(text) : dayOf(text, zone)
  if (Number.isNaN(time)) throw new UsageError(`${option} is not a time: ${JSON.stringify(text)}`)
  return time
}

function dayOf(date: string, zone: Zone): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Number.NaN
  try {
    return dayBounds(date, zone).from
  } catch {
    return Number.NaN
  }
}
