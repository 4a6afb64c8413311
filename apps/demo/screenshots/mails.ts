import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import type { Browser } from 'playwright-core'
import { acknowledgeLinks } from '../../monitor/notify/acknowledge-link.ts'
import { composer } from '../../monitor/notify/text/compose.ts'
import { createWords } from '../../monitor/notify/text/words.ts'
import { type Alert, newAlert } from '../../monitor/rules/alert.ts'
import type { Content } from '../../monitor/store/notifications.ts'
import type { Point } from '../../monitor/store/readings/readings.ts'
import { rooms } from '../rooms.ts'
import { pictured } from './oven.ts'

export interface MailShot {
  name: string
  language: 'en' | 'zh-TW'
  /** px; a phone has 390. */
  width: number
  scheme: 'light' | 'dark'
  contents(at: number): Content[]
}

/** The mails in the documents: each kind once, both languages, on a phone and on a computer, light and dark. */
export const mailShots: readonly MailShot[] = [
  { name: 'mail-hot', language: 'en', width: 390, scheme: 'light', contents: (at) => [hot(at, 'firing')] },
  { name: 'mail-resolved-zh-TW', language: 'zh-TW', width: 390, scheme: 'light', contents: (at) => [hot(at, 'resolved')] },
  { name: 'mail-offline-dark', language: 'en', width: 390, scheme: 'dark', contents: (at) => [offline(at)] },
  { name: 'mail-many', language: 'en', width: 390, scheme: 'light', contents: many },
  { name: 'mail-summary-dark', language: 'zh-TW', width: 640, scheme: 'dark', contents: (at) => [summary(at)] },
]

/** Time from the hottest moment to the mail that all is well. ms */
const coolingTime = 35 * minute
/** Background of mail programs. */
const paper = { light: '#ffffff', dark: '#1e1e1e' }

/** Renders a mail as the monitor does, with the readings of the demo, and takes its picture. @returns its size in bytes */
export async function takeMail(browser: Browser, folder: string, { name, language, width, scheme, contents }: MailShot): Promise<number> {
  const at = Date.now()
  const labels = new Map(rooms.map(({ room, names }) => [room, names[language]]))
  const names = { room: (room: string) => labels.get(room) ?? room, title: () => undefined }
  const words = createWords({ language, timeZone: 'Asia/Taipei', names })
  const garden = { room: 'garden', device: 'pi-garden', time: at - 26 * minute }
  const mail = contents(at)
  const isOver = mail[0]?.kind === 'alert' && mail[0].transition === 'resolved'
  const compose = composer({
    words,
    readings: {
      range: ({ room = '', from, to }) => ({ resolution: minute, points: pointsOf(room, from, to, isOver ? at - coolingTime : at) }),
      latest: () => [
        { ...garden, quantity: 'temperature', value: 17.2 },
        { ...garden, quantity: 'battery', value: 9 },
      ],
    },
    devices: { get: () => ({ seen: at - 26 * minute }) as never },
    links: acknowledgeLinks(Buffer.alloc(32)),
    publicUrl: 'https://home.example.org',
  })
  const { html } = compose({ id: '0b0c8a54-5d2b-4c79-8d0f-1a4a5e3e0e11', contents: mail, at, wasHeld: false, budget: null })
  const tab = await browser.newPage({ viewport: { width, height: 200 }, colorScheme: scheme, deviceScaleFactor: 2 })
  try {
    await tab.setContent(html)
    await tab.addStyleTag({ content: `html { background: ${paper[scheme]} }` })
    const height = await tab.evaluate(() => document.documentElement.scrollHeight)
    await tab.setViewportSize({ width, height })
    const session = await tab.context().newCDPSession(tab)
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 })
    const picture = Buffer.from(data, 'base64')
    await writeFile(join(folder, `${name}.webp`), picture)
    return picture.length
  } finally {
    await tab.close()
  }
}

/** @param hottest ms: when the oven was switched off */
function pointsOf(name: string, from: number, to: number, hottest: number): Point[] {
  const room = rooms.find(({ room }) => room === name)
  if (room === undefined) return []
  const times = Array.from({ length: Math.ceil((to - from) / minute) }, (_, i) => from + i * minute)
  return times.map((time): Point => {
    const usual = room.courses.temperature?.mean ?? 0
    const heated = pictured(room, 'temperature', Math.min(time, hottest), hottest)
    const value = usual + (heated - usual) * Math.exp(-Math.max(0, time - hottest) / hour)
    return [time, value, value, value, 1]
  })
}

let lastId = 0
const alertOf = (given: Partial<Alert> & Pick<Alert, 'started'>): Alert => {
  lastId += 1
  const about = { subject: `${lastId}`, rule: 'too-hot', condition: 'above', severity: 'critical', state: 'firing' } as const
  return { id: lastId, ...newAlert({ ...about, ...given }), quantity: 'temperature', bound: 30, fired: given.started, ...given }
}

function hot(at: number, transition: 'firing' | 'resolved'): Content {
  const isOver = transition === 'resolved'
  const started = at - (isOver ? coolingTime : 0) - 6 * minute
  const about = { room: 'kitchen', device: 'pi-kitchen', started, value: isOver ? 27.1 : 30.6, peak: 31.2 }
  return { kind: 'alert', transition, alert: alertOf(about), at, ...(transition === 'firing' ? { next: 15 * minute } : {}) }
}

function offline(at: number): Content {
  const about = { rule: 'offline', condition: 'offline', severity: 'warning', room: 'garden', device: 'pi-garden' } as const
  const alert = alertOf({ ...about, quantity: null, bound: null, started: at - 25 * minute })
  return { kind: 'alert', transition: 'firing', alert, at }
}

/** A hot afternoon. */
function many(at: number): Content[] {
  const indoors = rooms.filter(({ room }) => room !== 'garden' && room !== 'freezer')
  const warm = indoors.map(({ room, id }, i) => alertOf({ room, device: id, value: 34.7 - ((i * 5) % 7) * 0.6, started: at - i * minute }))
  const damp = { rule: 'damp', title: 'Too damp', quantity: 'humidity', bound: 80, value: 84, severity: 'warning' } as const
  const others = [alertOf({ ...damp, room: 'bathroom', device: 'pi-bathroom', started: at - 9 * minute })]
  return [...[...warm, ...others].map((alert): Content => ({ kind: 'alert', transition: 'firing', alert, at })), offline(at)]
}

function summary(at: number): Content {
  const rows = rooms.flatMap((room) =>
    Object.entries(room.courses).map(([quantity, { mean, daily, digits }]) => {
      const round = (value: number) => Number(value.toFixed(Math.min(digits, 1)))
      const figures = { min: round(mean - daily), max: round(mean + daily), mean, before: mean - daily / 3, last: round(mean + daily / 2) }
      return { room: room.room, quantity, ...figures, count: 1440, time: at }
    }),
  )
  const past = {
    room: 'kitchen',
    device: 'pi-kitchen',
    state: 'resolved',
    started: at - 7 * hour,
    resolved: at - 6 * hour,
    value: 28.9,
  } as const
  return {
    kind: 'summary',
    date: new Date(at).toISOString().slice(0, 10),
    from: at - day,
    to: at,
    rooms: rows,
    alerts: [alertOf({ ...past, peak: 31.8 })],
    absent: [{ room: 'garden', device: 'pi-garden', seen: at - 30 * hour }],
  }
}
