import { setTimeout as delay } from 'node:timers/promises'
import type { Gap } from '@hearthwatch/api/devices'
import type { Notification } from '@hearthwatch/api/notifications'
import type { AlertProbe } from './alerts.ts'
import type { History } from './history.ts'
import type { House } from './house.ts'
import { compare } from './oracle.ts'
import { readStored } from './rows.ts'

/** How the house came to rest after the storm. */
export interface Settled {
  /** Without a hand being raised: until all that was taken in the storm was stored, ms; null: it did not come to that. */
  caughtUp: number | null
  gaps: Gap[]
  /** Of all mails and other messages. */
  notifications: { pending: number; failed: number }
  problems: string[]
}

export interface SettleOptions {
  house: House
  history: History
  alertProbe: AlertProbe
  /** Wait for connections that come back by themselves, which takes minutes where they were refused long enough; else everybody is restarted once. */
  patient: boolean
  onProgress(what: string): void
}

/** Longer than the longest wait between two tries to connect, the time to notice a dead link, and that of a resent batch together. */
const patience = 4 * 60_000
const briefPatience = 60_000
/** A mail that was refused three times. */
const mailPatience = 6 * 60_000

/** All is well again: waits until everything has arrived, lets the sensors stop, and waits for the last row. */
export async function settle({ house, history, alertProbe, patient, onProgress }: SettleOptions): Promise<Settled> {
  const { sensors, monitor, broker } = house
  const problems: string[] = []
  if (!patient) {
    await Promise.all([monitor.kill(), ...sensors.map(({ program }) => program.kill())])
    monitor.start()
    for (const { program } of sensors) program.start()
  }
  await broker?.start()

  onProgress('waiting until the monitor has all of it')
  const begin = performance.now()
  const marks = sensors.map((sensor) => ({ ...sensor, keys: history.taken(sensor) }))
  const allThere = await within(patient ? patience : briefPatience, () => {
    const stored = readStored(house.databaseFile)
    return marks.every(({ room, keys }) => compare(keys, stored.get(room) ?? [], history.destroyed(room)).missing.length === 0)
  })
  const caughtUp = allThere ? performance.now() - begin : null
  if (!allThere) problems.push('what was taken in the storm was not all stored in time, though everybody ran')

  onProgress('a last alert')
  if (!(await alertProbe.crossing(30_000))) problems.push('what the oven says does not reach the page any more')

  onProgress('the sensors stop; their last rows')
  for (const { program, id } of sensors) if (!(await program.stop())) problems.push(`${id} did not stop in order`)
  const last = sensors.map((sensor) => ({ ...sensor, keys: history.taken(sensor) }))
  // They come once more, only to send what they have: the next reading is a day away.
  for (const { program } of sensors) program.start({ READ_INTERVAL: '86400' })
  await within(briefPatience, () => {
    const stored = readStored(house.databaseFile)
    return last.every(({ room, keys }) => compare(keys, stored.get(room) ?? [], history.destroyed(room)).missing.length === 0)
  })

  onProgress('the last mails')
  const states = async () => (await house.get<Notification[]>('/api/notifications')).map(({ state }) => state)
  const count = (all: string[], wanted: string) => all.filter((state) => state === wanted).length
  await within(patient ? mailPatience : briefPatience, async () => count(await states(), 'pending') === 0)
  const all = await states().catch(() => [])
  const gaps = await house.get<Gap[]>('/api/gaps').catch(() => [])
  for (const { program, id } of sensors) if (!(await program.stop())) problems.push(`${id} did not stop in order`)
  if (!(await monitor.stop())) problems.push('the monitor did not stop in order')
  return { caughtUp, gaps, notifications: { pending: count(all, 'pending'), failed: count(all, 'failed') }, problems }
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms
  for (;;) {
    if (await holds()) return true
    if (performance.now() > end) return false
    await delay(500)
  }
}
