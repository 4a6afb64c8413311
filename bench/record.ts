import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { maxRows } from '@hearthwatch/protocol'
import Database from 'better-sqlite3'
import { quality } from '../apps/sensor/outbox/clock.ts'
import { openOutbox } from '../apps/sensor/outbox/open.ts'
import { readings, startDevice } from './device.ts'
import { databaseOf, inFolder, type Program, sensorSettings, startProgram, withBroker, withMonitor } from './program.ts'
import { against, median, progress } from './report.ts'
import { type Taken, usage } from './usage.ts'

const rounds = 3
/** Number of devices, and rows of each. */
const fleet = { devices: 50, rows: 6000 }
/** Rows of a week with one reading per 10 s. */
const week = 60_480

/** Measures how fast the backlogs of 50 devices are stored after an outage, and the week of one sensor. Medians of 3 rounds. */
export async function record(): Promise<void> {
  const bare: Taken[] = []
  const ours: Taken[] = []
  const weeks: Taken[] = []
  for (let round = 1; round <= rounds; round += 1) {
    progress(`record: round ${round} of ${rounds}, bare better-sqlite3`)
    bare.push(await inFolder('record', insertBare))
    progress(`record: round ${round} of ${rounds}, the monitor`)
    ours.push(await inFolder('record', takeFleet))
    progress(`record: round ${round} of ${rounds}, a week of one sensor`)
    weeks.push(await inFolder('record', takeWeek))
  }
  const count = fleet.devices * fleet.rows
  const peer = median(bare, ({ took }) => took)
  const us = median(ours, ({ took }) => took)
  const one = median(weeks, ({ took }) => took)
  console.log(`\nThe record: ${count.toLocaleString('en')} readings of ${fleet.devices} devices, ${maxRows} per batch, median of ${rounds}`)
  console.table({
    'bare better-sqlite3, one transaction per batch': row(peer, count),
    'monitor: checked, evaluated, stored and acknowledged': row(us, count),
    [`monitor, a week of one sensor (${week.toLocaleString('en')})`]: row(one, week),
  })
  console.log(
    `The monitor stores at ${against(peer.took / us.took, 0.5, 'at least', 2)} × the rate of bare better-sqlite3, with ${(us.cpu / peer.cpu).toFixed(2)} × its CPU time.`,
  )
  console.log(`A week of one sensor takes ${against(one.took / 1000, 30, 'at most', 1)} s.`)
}

async function insertBare(folder: string): Promise<Taken> {
  const args = [join(folder, 'bare.db'), ...[fleet.devices, fleet.rows, maxRows].map(String)]
  const child = fork(join(import.meta.dirname, 'bare-sqlite.ts'), args)
  const [result] = (await once(child, 'message')) as [Taken]
  await once(child, 'exit')
  return result
}

function withBoth(folder: string, work: (url: string, monitor: Program) => Promise<Taken>): Promise<Taken> {
  return withBroker((url) => withMonitor(folder, { MQTT_URL: url }, (monitor) => work(url, monitor)))
}

/** The batches are encoded before the measurement, because each device does that on its own machine. */
function takeFleet(folder: string): Promise<Taken> {
  return withBoth(folder, async (url, monitor) => {
    const devices = await Promise.all(Array.from({ length: fleet.devices }, (_, i) => startDevice(url, `pi-${i}`)))
    const backlogs = devices.map((device, i) => ({ device, batches: device.pack(readings(fleet.rows, i), maxRows) }))
    const before = await usage(monitor.pid)
    const begun = performance.now()
    await Promise.all(backlogs.map(({ device, batches }) => device.send(batches)))
    const took = performance.now() - begun
    const { cpu, peak } = await usage(monitor.pid)
    await Promise.all(devices.map((device) => device.close()))
    const stored = read(folder, (db) => db.prepare<[], number>('SELECT count(*) FROM reading').pluck().get() ?? 0)
    if (stored !== fleet.devices * fleet.rows) throw new Error(`${stored} readings are stored`)
    return { took, cpu: cpu - before.cpu, peak }
  })
}

/** Measures our sensor, from the start of its process until the monitor has stored its whole outbox. */
function takeWeek(folder: string): Promise<Taken> {
  const settings = sensorSettings(folder, 'pi-week')
  const opened = openOutbox({ ...settings, OUTBOX_MAX: 1_000_000, OUTBOX_SYNC: 'normal' }, silent)
  opened.outbox.append(readings(week, 1).map(({ time, values }) => ({ time, values, quality: quality.trusted, uptime: 0 })))
  opened.close()
  return withBoth(folder, async (url, monitor) => {
    const before = await usage(monitor.pid)
    const begun = performance.now()
    const sensor = await startProgram('sensor', { folder, settings: { MQTT_URL: url, READ_INTERVAL: '3600', ...settings } })
    try {
      await read(folder, async (db) => {
        const kept = db.prepare<[], number>('SELECT max(kept) FROM epoch').pluck()
        while ((kept.get() ?? 0) < week) await delay(5)
      })
      const took = performance.now() - begun
      const { cpu, peak } = await usage(monitor.pid)
      return { took, cpu: cpu - before.cpu, peak }
    } finally {
      await sensor.stop()
    }
  })
}

function read<T>(folder: string, work: (db: Database.Database) => T): T {
  const db = new Database(databaseOf(folder), { readonly: true })
  const result = work(db)
  if (result instanceof Promise) result.finally(() => db.close())
  else db.close()
  return result
}

function row({ took, cpu, peak }: Taken, count: number) {
  return {
    s: Number((took / 1000).toFixed(2)),
    'readings/s': Math.round((count / took) * 1000),
    'CPU s': Number(cpu.toFixed(2)),
    'peak MB': Math.round(peak),
  }
}
