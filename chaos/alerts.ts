import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { House } from './house.ts'

/** How the alerts came out. */
export interface AlertCount {
  /** Crossings made while everything was well: one alert each, resolved again. */
  due: number
  raised: number
  /** Alerts about the oven that nobody made, or made twice out of one crossing. */
  tooMany: number
  /** A firing and a resolved message for each crossing. */
  mailsDue: number
  mailsSent: number
  /** The same told under two Message-IDs by one database. */
  mailsTwice: number
  problems: string[]
}

export interface AlertDrill {
  /** One crossing: warm, until the alert is there, and cool again. Only while nothing is broken. @returns whether it could be made */
  crossing(patience: number): Promise<boolean>
  /** Before the database becomes another one. */
  beforeDatabase(): void
  count(): AlertCount
}

interface Crossing {
  /** °C: no two crossings have one in common, so that each is known by it. */
  warm: number
  cool: number
  /** Of which database, counted up with each replacement. */
  database: number
}

interface LoggedAlert {
  id: number
  state: string
}

/** Warms the oven at known times, and sees what becomes of it. */
export function createAlertDrill(house: House): AlertDrill {
  const crossings: Crossing[] = []
  const problems: string[] = []
  let database = 0
  let raised = 0
  let tooMany = 0
  /** Alerts that the present database already had, or may raise again from what the sensors bring back. */
  let allowed = 0
  let expected = 0

  function logged(): LoggedAlert[] {
    if (!existsSync(house.databaseFile)) return []
    const file = new DatabaseSync(house.databaseFile, { readOnly: true, timeout: 5000 })
    try {
      return file
        .prepare("SELECT id, state FROM alert_log WHERE room = 'oven' AND rule = 'too-hot' AND fired IS NOT NULL")
        .all() as unknown as LoggedAlert[]
    } catch {
      // A database that is just being made.
      return []
    } finally {
      file.close()
    }
  }

  async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
    const end = performance.now() + ms
    while (performance.now() < end) {
      if (await Promise.resolve(holds()).catch(() => false)) return true
      await delay(100)
    }
    return false
  }

  async function isSeen(celsius: number): Promise<boolean> {
    const rooms = await house.get<{ room: string; quantities: Record<string, { value: number }> }[]>('/api/rooms')
    return rooms.find(({ room }) => room === 'oven')?.quantities.temperature?.value === celsius
  }

  /** Takes stock of a database that is about to go, or of the last one. */
  function close(): void {
    const extra = logged().length - allowed - expected
    if (extra > 0) {
      tooMany += extra
      problems.push(`${extra} alerts of the oven too many in database ${database + 1}`)
    }
  }

  return {
    async crossing(patience) {
      const number = crossings.length + 1
      // Cool values are told apart as well: the monitor must have seen the present one, not an old one that was the same.
      const [warm, cool] = [40 + number / 10, 10 + number / 10]
      await house.setOven(cool)
      if (!(await within(patience, () => isSeen(cool)))) return false
      const before = logged().length
      crossings.push({ warm, cool, database })
      expected += 1
      await house.setOven(warm)
      const fired = await within(10_000, () => logged().length > before)
      await house.setOven(cool)
      const over = await within(10_000, () => logged().every(({ state }) => state === 'resolved'))
      if (fired) raised += 1
      else problems.push(`no alert at ${warm} °C`)
      if (!over) problems.push(`not resolved at ${cool} °C`)
      return true
    },
    beforeDatabase() {
      close()
      database += 1
      // An older database knows some of the crossings and not others, and judges what comes again for itself.
      allowed = crossings.length
      expected = 0
    },
    count() {
      close()
      let [mailsSent, mailsTwice] = [0, 0]
      for (const { warm, cool, database: of } of crossings) {
        for (const words of [`${warm.toFixed(1)} °C: too hot`, `${cool.toFixed(1)} °C: no longer too hot`]) {
          const ids = new Set(house.inbox.mails.filter(({ text }) => text.includes(words)).map(({ messageId }) => messageId))
          if (ids.size > 0) mailsSent += 1
          else problems.push(`no mail says “${words}”`)
          if (ids.size > 1 && of === database) mailsTwice += ids.size - 1
        }
      }
      return { due: crossings.length, raised, tooMany, mailsDue: 2 * crossings.length, mailsSent, mailsTwice, problems }
    },
  }
}
