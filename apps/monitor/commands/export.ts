import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { dayBounds, type Zone } from '../localtime.ts'
import { openReadings } from '../store/read-only.ts'
import { writeCsv } from '../store/readings/csv.ts'

const help = `npm run export [-- options]

Writes stored readings as CSV: time,room,quantity,device,value, in the order of time (ISO 8601, UTC). The monitor may be
running. The database is the one that DATABASE_FILE names.

  --room NAME        only what was measured there
  --quantity NAME    only this, such as temperature
  --device ID        only what this device measured
  --from TIME        from then on; 2026-11-23 (a day in TZ), 2026-11-23T08:00:00Z, or ms since the epoch; default: the first
  --to TIME          before then; default: the last
  --out FILE         into this file, which appears when it is complete; default: the standard output`

class WrongUse extends Error {}

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    return await run()
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    // Whoever reads us (| head) has enough.
    if (code === 'EPIPE') return 0
    if (error instanceof WrongUse || code?.startsWith('ERR_PARSE_ARGS')) {
      console.error(`${message}\n\n${help}`)
      return 2
    }
    console.error(['SettingsError', 'DatabaseError'].includes(name) || code !== undefined ? message : error)
    return 1
  }
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      ...{ room: { type: 'string' }, quantity: { type: 'string' }, device: { type: 'string' } },
      ...{ from: { type: 'string' }, to: { type: 'string' }, out: { type: 'string' } },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const config = readConfig()
  const from = timeOf('--from', values.from, config.TZ) ?? 0
  const to = timeOf('--to', values.to, config.TZ) ?? Number.MAX_SAFE_INTEGER
  if (from >= to) throw new WrongUse('--from must be before --to')
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  const { readings, close } = openReadings(config.DATABASE_FILE)
  try {
    let lines = 0
    const onProgress = (count: number, time: number) => {
      lines = count
      if (process.stderr.isTTY && (values.out !== undefined || !process.stdout.isTTY))
        process.stderr.write(`\r\u001b[K${count.toLocaleString('en')} readings, up to ${new Date(time).toISOString().slice(0, 10)}`)
    }
    await write(
      Readable.from(writeCsv({ readings, filter: values, from, to, signal: stopping.signal, onProgress })),
      values.out,
      stopping.signal,
    )
    if (process.stderr.isTTY && lines > 0) process.stderr.write('\r\u001b[K')
  } finally {
    close()
  }
  if (stopping.signal.aborted) console.error('Stopped: not all of it is written.')
  if (readings.damaged > 0) console.error(`${readings.damaged} blocks of old readings are damaged: what was in them is missing.`)
  return stopping.signal.aborted || readings.damaged > 0 ? 1 : 0
}

async function write(csv: Readable, out: string | undefined, signal: AbortSignal): Promise<void> {
  if (out === undefined) return pipeline(csv, process.stdout, { end: false })
  // Under its own name there is never a part of it.
  const part = `${out}.part`
  try {
    await pipeline(csv, createWriteStream(part))
    if (!signal.aborted) renameSync(part, out)
  } finally {
    rmSync(part, { force: true })
  }
}

/** @throws WrongUse for what is no time */
function timeOf(option: string, text: string | undefined, zone: Zone): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  const isTime = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text)
  const time = isTime ? Date.parse(text) : dayOf(text, zone)
  if (Number.isNaN(time)) throw new WrongUse(`${option} is no time: ${JSON.stringify(text)}`)
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
