import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Notification } from '@hearthwatch/api/notifications'
import type { Room } from '@hearthwatch/api/rooms'
import type { House } from './house.ts'
import { readTruth } from './rows.ts'

/** How the alerts came out. */
export interface AlertCount {
  /** Crossings made while everything was well. */
  due: number
  raised: number
  /**
   * Crossings made in the storm of which the sensor has taken a reading that no destroyed disk took along; told at once
   * or, where that came late, in a digest, by whichever database; or kept as history where the end came with the beginning.
   */
  stormy: number
  told: number
  /** A firing and a resolved message for each crossing in calm weather. */
  mailsDue: number
  mailsSent: number
  /** One crossing told as an alarm under two Message-IDs by one database. */
  twice: number
  /** Alarms that a digest tells of once more: their live reading was so late that the record could not know it. */
  again: number
  problems: string[]
}

export interface AlertProbe {
  /** One crossing: warm, until the alert is there, and cool again. Only while nothing is broken. @returns whether it could be made */
  crossing(patience: number): Promise<boolean>
  /** One crossing, come what may. @param ms how long it is warm */
  stormyCrossing(ms: number): Promise<void>
  /** Before the database becomes another one. */
  beforeDatabase(): void
  /** @param destroyed what was lost of the oven's readings: nobody can tell of it */
  count(destroyed: ReadonlySet<string>): AlertCount
}

interface Crossing {
  /** °C: no two crossings have one in common, so that each is known by it. */
  warm: number
  cool: number
  calm: boolean
}

/** Warms the oven at known times, and sees what becomes of it. */
export function createAlertProbe(house: House): AlertProbe {
  const crossings: Crossing[] = []
  const problems: string[] = []
  /** How many mails there were each time that the database became another one. */
  const boundaries = [0]
  let raised = 0

  function next(calm: boolean): Crossing {
    const number = crossings.length + 1
    // The cool values are told apart as well: the page must show the present one, not an old one that was the same.
    return { warm: 40 + number / 10, cool: 5 + number / 10, calm }
  }

  function ask(sql: string, ...values: (string | number)[]): Record<string, unknown>[] {
    if (!existsSync(house.databaseFile)) return []
    const file = new DatabaseSync(house.databaseFile, { readOnly: true, timeout: 5000 })
    try {
      return file.prepare(sql).all(...values)
    } catch {
      // A database that is just being made.
      return []
    } finally {
      file.close()
    }
  }

  const firing = () => ask("SELECT id, state FROM alert_log WHERE room = 'oven' AND rule = 'too-hot' AND fired IS NOT NULL")

  function isStored(celsius: number): boolean {
    return ask('SELECT 1 FROM readings WHERE room = ? AND value = ? LIMIT 1', 'oven', celsius).length > 0
  }

  const isHistory = (celsius: number) =>
    ask("SELECT 1 FROM alert WHERE room = 'oven' AND rule = 'too-hot' AND value = ? AND resolved IS NOT NULL", celsius).length > 0

  async function isSeen(celsius: number): Promise<boolean> {
    const rooms = await house.get<Room[]>('/api/rooms')
    return rooms.find(({ room }) => room === 'oven')?.quantities.temperature?.value === celsius
  }

  /** After trouble with the mail server messages wait for half a minute, and with a database that is lost they are. */
  async function isTold(): Promise<boolean> {
    const messages = await house.get<Notification[]>('/api/notifications')
    return messages.every(({ state }) => state !== 'pending')
  }

  /** Message-IDs of the mails of one database that say this. */
  function idsOf(words: RegExp, database: number): Set<string> {
    const mails = house.inbox.mails.slice(boundaries[database], boundaries[database + 1])
    return new Set(mails.filter(({ text, subject }) => words.test(text) || words.test(subject)).map(({ messageId }) => messageId))
  }

  return {
    async crossing(patience) {
      const crossing = next(true)
      const { warm, cool } = crossing
      await house.setOven(cool)
      // Nothing that is still on its way may make an alert of its own.
      if (!(await within(patience, async () => (await isSeen(cool)) && isStored(cool) && (await isTold())))) return false
      const before = firing().length
      crossings.push(crossing)
      await house.setOven(warm)
      const fired = await within(10_000, () => firing().length > before)
      // What is over before it could be told is told to nobody.
      if (fired) await within(10_000, () => idsOf(alarmOf(crossing), boundaries.length - 1).size > 0)
      await house.setOven(cool)
      const over = await within(10_000, () => firing().every(({ state }) => state === 'resolved'))
      if (fired) raised += 1
      else problems.push(`no alert at ${warm} °C`)
      if (!over) problems.push(`not resolved at ${cool} °C`)
      return true
    },
    async stormyCrossing(ms) {
      const crossing = next(false)
      crossings.push(crossing)
      await house.setOven(crossing.warm)
      await delay(ms)
      await house.setOven(crossing.cool)
    },
    beforeDatabase() {
      boundaries.push(house.inbox.mails.length)
    },
    count(destroyed) {
      const taken = new Set(readTruth(house.oven.truthFile).map(celsiusOf))
      const lost = new Set([...destroyed].map(celsiusOf))
      const calm = crossings.filter((crossing) => crossing.calm)
      let [stormy, told, mailsSent, twice, again] = [0, 0, 0, 0, 0]
      for (const crossing of crossings) {
        const { warm, cool, calm } = crossing
        const alarm = alarmOf(crossing)
        const digest = new RegExp(`oven ${warm.toFixed(1)} °C: was too hot`)
        const relief = new RegExp(`oven ${cool.toFixed(1)} °C: no longer too hot`)
        const perDatabase = boundaries.map((_, i) => ({ alarms: idsOf(alarm, i).size, digests: idsOf(digest, i).size }))
        const more = perDatabase.reduce((sum, { alarms }) => sum + Math.max(0, alarms - 1), 0)
        if (more > 0) problems.push(`an alarm ${more + 1} times: ${warm} °C`)
        twice += more
        again += perDatabase.filter(({ alarms, digests }) => alarms > 0 && digests > 0).length
        const wasTold = perDatabase.some(({ alarms, digests }) => alarms + digests > 0)
        const isOver = boundaries.some((_, i) => idsOf(relief, i).size > 0)
        if (calm) {
          mailsSent += Number(wasTold) + Number(isOver)
          for (const [is, words] of [[wasTold, alarm] as const, [isOver, relief] as const])
            if (!is) problems.push(`no mail says ${words.source}`)
        } else if (taken.has(String(warm)) && !lost.has(String(warm))) {
          stormy += 1
          // One message says only how it ended; and what came with its end in one batch is history.
          if (wasTold || isOver || isHistory(warm)) told += 1
          else problems.push(`nobody was told of ${warm} °C in the storm`)
        }
      }
      return { due: calm.length, raised, stormy, told, mailsDue: 2 * calm.length, mailsSent, twice, again, problems }
    },
  }
}

const alarmOf = ({ warm }: Crossing) => new RegExp(`oven ${warm.toFixed(1)} °C: too hot`)

function celsiusOf(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1)
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    if (
      await Promise.resolve()
        .then(holds)
        .catch(() => false)
    )
      return true
    await delay(100)
  }
  return false
}
