import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Notification } from '@hearthwatch/api/notifications'
import type { Room } from '@hearthwatch/api/rooms'
import { until } from '@hearthwatch/testhouse/eventually'
import { readTaken } from './rows.ts'
import type { Testbed } from './testbed.ts'

/** The results of all crossings. */
export interface AlertCount {
  /** Crossings without faults. */
  due: number
  /** Alerts that were raised for them. */
  raised: number
  /** Crossings during faults whose reading was taken and not lost with a destroyed disk. */
  disturbed: number
  /**
   * Disturbed crossings that were handled, by a mail or a late digest, or covered by an alert that was still firing. An alert
   * whose end arrived together with its beginning is only stored as history.
   */
  handled: number
  /** Mails due for crossings without faults: one when firing and one when resolved. */
  mailsDue: number
  mailsSent: number
  /** Alerts that one database has sent in several mails with different Message-IDs. */
  duplicates: number
  /** Alerts that a digest repeats: their live reading arrived too late for the batch to be matched with it. */
  repeated: number
  problems: string[]
}

export type AlertProbe = ReturnType<typeof createAlertProbe>

/** Error of a late reading's time by the monitor's clock, as in `alerts/judge-late.ts`. ms */
const timeError = 5000

interface Crossing {
  /** Temperatures in °C, different for each crossing, so that they identify it. */
  warm: number
  cool: number
  disturbed: boolean
}

/** Heats one sensor at known times, and counts the alerts and mails that follow. */
export function createAlertProbe(testbed: Testbed) {
  const crossings: Crossing[] = []
  const problems: string[] = []
  /** Number of mails at each replacement of the database. */
  const boundaries = [0]
  let raised = 0

  function next(disturbed: boolean): Crossing {
    const number = crossings.length + 1
    // The cool values differ too, so that the page's present value is not confused with an earlier one.
    return { warm: 40 + number / 10, cool: 5 + number / 10, disturbed }
  }

  function query(sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
    if (!existsSync(testbed.databaseFile)) return []
    const file = new DatabaseSync(testbed.databaseFile, { readOnly: true, timeout: 5000 })
    try {
      return file.prepare(sql).all(...values)
    } catch {
      // The database is being created.
      return []
    } finally {
      file.close()
    }
  }

  const firing = () => query("SELECT id, state FROM alert_log WHERE room = 'oven' AND rule = 'too-hot' AND fired IS NOT NULL")

  function isStored(celsius: number): boolean {
    return query('SELECT 1 FROM readings WHERE room = ? AND value = ? LIMIT 1', 'oven', celsius).length > 0
  }

  const isHistory = (celsius: number) =>
    query("SELECT 1 FROM alert WHERE room = 'oven' AND rule = 'too-hot' AND value = ? AND resolved IS NOT NULL", celsius).length > 0

  /** True if an alert that sent a mail, or a short late one, includes a reading of this temperature: one alert tells both crossings. */
  const isCovered = (celsius: number) =>
    query(
      `SELECT 1 FROM readings JOIN alert ON readings.time BETWEEN alert.started - ? AND alert.resolved + ?
       WHERE readings.room = 'oven' AND readings.value = ? AND alert.room = 'oven' AND rule = 'too-hot' 
         AND iif(late = 1, resolved - started < 60000, told IS NOT NULL)`,
      timeError,
      timeError,
      celsius,
    ).length > 0

  async function isShown(celsius: number): Promise<boolean> {
    const rooms = await testbed.get<Room[]>('/api/rooms')
    return rooms.find(({ room }) => room === 'oven')?.quantities.temperature?.value === celsius
  }

  /** After a failure of the mail server notifications wait for 30 s. If the database is lost meanwhile, they are lost too. */
  async function nothingIsPending(): Promise<boolean> {
    const notifications = await testbed.get<Notification[]>('/api/notifications')
    return notifications.every(({ state }) => state !== 'pending')
  }

  /** Message-IDs of the mails of one database that match. */
  function idsOf(pattern: RegExp, database: number): Set<string> {
    const mails = testbed.inbox.mails.slice(boundaries[database], boundaries[database + 1])
    return new Set(mails.filter(({ text, subject }) => pattern.test(text) || pattern.test(subject)).map(({ messageId }) => messageId))
  }

  return {
    /**
     * Heats the sensor until the alert fires, and cools it again. Call it only while no fault is active.
     * @param timeout time to wait for earlier messages, ms
     * @returns false if earlier messages did not arrive in time, so that no crossing was made
     */
    async crossing(timeout: number): Promise<boolean> {
      const crossing = next(false)
      const { warm, cool } = crossing
      await testbed.setTemperature(cool)
      // Earlier readings must not raise an alert of their own later.
      if (!(await until(async () => (await isShown(cool)) && isStored(cool) && (await nothingIsPending()), timeout))) return false
      const before = firing().length
      crossings.push(crossing)
      await testbed.setTemperature(warm)
      const fired = await until(() => firing().length > before, 10_000)
      // An alert that resolves before its mail is due sends no mail.
      if (fired) await until(() => idsOf(alarmOf(crossing), boundaries.length - 1).size > 0, 10_000)
      await testbed.setTemperature(cool)
      const resolved = await until(() => firing().every(({ state }) => state === 'resolved'), 10_000)
      if (fired) raised += 1
      else problems.push(`no alert at ${warm} °C`)
      if (!resolved) problems.push(`alert not resolved at ${cool} °C`)
      return true
    },
    /** Heats the sensor for a time in ms, whatever faults are active. */
    async crossingDuringFaults(ms: number): Promise<void> {
      const crossing = next(true)
      crossings.push(crossing)
      await testbed.setTemperature(crossing.warm)
      await delay(ms)
      await testbed.setTemperature(crossing.cool)
    },
    /** Call this before the database is replaced by another one. */
    beforeDatabase(): void {
      boundaries.push(testbed.inbox.mails.length)
    },
    /** @param destroyed readings of the heated sensor that were lost with a disk, so that no alert is due for them */
    count(destroyed: ReadonlySet<string>): AlertCount {
      const taken = new Set(readTaken(testbed.heatedSensor.takenFile).map(celsiusOf))
      const lost = new Set([...destroyed].map(celsiusOf))
      const due = crossings.filter((crossing) => !crossing.disturbed).length
      const count = { disturbed: 0, handled: 0, mailsSent: 0, duplicates: 0, repeated: 0 }
      for (const crossing of crossings) {
        const { warm, cool } = crossing
        const alarm = alarmOf(crossing)
        const [high, low] = [`${warm.toFixed(1)} °C`, `${cool.toFixed(1)} °C`]
        const digest = new RegExp(`oven(?: ${high}: was too hot| {2}Too hot, ${high} {2})`)
        const relief = new RegExp(`oven(?: ${low}: no longer too hot| {2}Too hot → ${low} {2})`)
        const perDatabase = boundaries.map((_, i) => ({ alarms: idsOf(alarm, i).size, digests: idsOf(digest, i).size }))
        const duplicates = perDatabase.reduce((sum, { alarms }) => sum + Math.max(0, alarms - 1), 0)
        if (duplicates > 0) problems.push(`${duplicates + 1} mails for one alert: ${warm} °C`)
        count.duplicates += duplicates
        count.repeated += perDatabase.filter(({ alarms, digests }) => alarms > 0 && digests > 0).length
        const isNotified = perDatabase.some(({ alarms, digests }) => alarms + digests > 0)
        const isResolved = boundaries.some((_, i) => idsOf(relief, i).size > 0)
        if (!crossing.disturbed) {
          count.mailsSent += Number(isNotified) + Number(isResolved)
          for (const [sent, pattern] of [[isNotified, alarm] as const, [isResolved, relief] as const])
            if (!sent) problems.push(`no mail matches ${pattern.source}`)
        } else if (taken.has(String(warm)) && !lost.has(String(warm))) {
          count.disturbed += 1
          if (isNotified || isResolved || isHistory(warm) || isCovered(warm)) count.handled += 1
          else problems.push(`no mail for ${warm} °C during faults`)
        }
      }
      return { due, raised, ...count, mailsDue: 2 * due, problems }
    },
  }
}

/** In a mail of its own, or in a row of a digest. */
const alarmOf = ({ warm }: Crossing) => new RegExp(`oven(?: ${warm.toFixed(1)} °C: too hot| {2}${warm.toFixed(1)} °C {2})`)

function celsiusOf(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1)
}
