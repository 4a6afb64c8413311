import type { Gap } from '@hearthwatch/api/devices'
import type { Notification } from '@hearthwatch/api/notifications'
import { minute } from '@hearthwatch/protocol/durations'
import { until } from '@hearthwatch/testhouse/eventually'
import type { AlertProbe } from './alerts.ts'
import type { History } from './history.ts'
import { compare } from './oracle.ts'
import { readStored } from './rows.ts'
import type { Testbed } from './testbed.ts'

/** State of the testbed after its recovery. */
export interface Settled {
  /** Time from the end of the faults until all readings taken until then were stored, ms; null: they were not. */
  caughtUp: number | null
  gaps: Gap[]
  /** Number of notifications by state. */
  notifications: { pending: number; failed: number }
  problems: string[]
}

export interface SettleOptions {
  testbed: Testbed
  history: History
  alertProbe: AlertProbe
  /** True: wait for reconnects, which takes minutes after a long refusal. False: restart all programs once. */
  awaitReconnects: boolean
  onProgress(what: string): void
}

/** Longer than the longest wait between two connection attempts, the detection of a dead link and a resent batch together. */
const reconnectTimeout = 4 * minute
const shortTimeout = minute
/** Interval of checks, ms. */
const interval = 500
/** Time for a mail that was refused three times. */
const mailTimeout = 6 * minute

/** Waits after the end of all faults until every reading is stored, stops the sensors, and waits for the last rows and mails. */
export async function settle({ testbed, history, alertProbe, awaitReconnects, onProgress }: SettleOptions): Promise<Settled> {
  const { sensors, monitor, broker } = testbed
  const problems: string[] = []
  if (!awaitReconnects) {
    await Promise.all([monitor.kill(), ...sensors.map(({ program }) => program.kill())])
    monitor.start()
    for (const { program } of sensors) program.start()
  }
  await broker?.start()

  const takenByNow = () => sensors.map((sensor) => ({ room: sensor.room, keys: history.taken(sensor) }))
  const areStored = (taken: ReturnType<typeof takenByNow>) => {
    const stored = readStored(testbed.databaseFile)
    return taken.every(({ room, keys }) => compare(keys, stored.get(room) ?? [], history.destroyed(room)).missing.length === 0)
  }

  onProgress('waiting until all readings are stored')
  const begin = performance.now()
  const taken = takenByNow()
  const allStored = await until(() => areStored(taken), awaitReconnects ? reconnectTimeout : shortTimeout, { interval })
  const caughtUp = allStored ? performance.now() - begin : null
  if (!allStored) problems.push('not all readings were stored in time, although all programs ran')

  onProgress('last alert')
  if (!(await alertProbe.crossing(30_000))) problems.push('readings of the heated sensor do not reach the page any more')

  onProgress('stopping the sensors and sending their last rows')
  for (const { program, id } of sensors) if (!(await program.stop())) problems.push(`${id} did not stop cleanly`)
  const last = takenByNow()
  // They start again only to send their rows: the next reading is due in a day.
  for (const { program } of sensors) program.start({ READ_INTERVAL: '86400' })
  await until(() => areStored(last), shortTimeout, { interval })
  // All may have been stored before: a program that is still starting dies of SIGTERM.
  await Promise.all(sensors.map(({ program }) => program.untilReady()))

  onProgress('waiting for the last mails')
  const states = async () => (await testbed.get<Notification[]>('/api/notifications')).map(({ state }) => state)
  const count = (all: string[], counted: string) => all.filter((state) => state === counted).length
  await until(async () => count(await states(), 'pending') === 0, awaitReconnects ? mailTimeout : shortTimeout, { interval })
  const all = await states().catch(() => [])
  const gaps = await testbed.get<Gap[]>('/api/gaps').catch(() => [])
  for (const { program, id } of sensors) if (!(await program.stop())) problems.push(`${id} did not stop cleanly`)
  if (!(await monitor.stop())) problems.push('the monitor did not stop cleanly')
  return { caughtUp, gaps, notifications: { pending: count(all, 'pending'), failed: count(all, 'failed') }, problems }
}
