import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { isOutsideTrouble } from '../store/database.ts'
import type { Content, Notifications } from '../store/notifications.ts'
import { type Channel, DeliveryError } from './channel.ts'
import { type Batch, groupOf, type Pace, plan } from './group.ts'
import { judgeFailure, longestHold } from './retry.ts'
import type { Words } from './words.ts'

export interface CourierOptions {
  notifications: Notifications
  words: Words
  pace: Pace
  now: () => number
  log: Log
  onChange: (ids: readonly number[]) => void
  held?: (() => boolean) | undefined
}

/** Timers are set no further than this, ms, so that a clock that is put right is noticed. */
const longestSleep = 60_000
const heldSleep = 1000
/** While the database cannot be written, ms. */
const troubleSleep = 5000
/** How long `close` waits for a message on its way, ms. */
const patience = 4000

/** One channel's messages, one after the other; what holds up one channel is nothing to the others. */
export function startCourier(channel: Channel, { notifications, words, pace, now, log, onChange, held = () => false }: CourierOptions) {
  const lastTries = new Map<string, number>()
  for (const { tried, ...group } of notifications.lastTries(channel.name, now() - pace.interval)) lastTries.set(groupOf(group), tried)

  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let woken = false
  /** Nothing goes out before this time. */
  let hold = 0
  let outages = 0
  const closing = new AbortController()
  /** Nothing is written down any more: the database may be closed. */
  let abandoned = false

  function wake(): void {
    if (closing.signal.aborted) return
    // It may just have looked, and found nothing.
    woken = running !== undefined
    if (woken) return
    clearTimeout(timer)
    running = run().finally(() => {
      running = undefined
      if (woken) wake()
    })
  }

  function sleep(ms: number): void {
    if (!closing.signal.aborted) timer = setTimeout(wake, Math.min(Math.max(ms, 0), longestSleep))
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      if (held()) return sleep(heldSleep)
      const at = now()
      // A hold further ahead was set by a clock that has been set back since.
      if (at < hold && hold - at <= longestHold) return sleep(hold - at)
      try {
        const { go, again } = plan(notifications.waiting(channel.name), lastTries, at, pace)
        const [batch] = go
        if (batch === undefined) return again === undefined ? undefined : sleep(again - at)
        await deliver(batch)
      } catch (error) {
        if (!isOutsideTrouble(error)) throw error
        log.error('the database cannot be written; notifications wait', { why: (error as Error).message })
        return sleep(troubleSleep)
      }
    }
  }

  async function deliver({ message, rows }: Batch): Promise<void> {
    const [first] = rows
    const ids = rows.map(({ id }) => id)
    const id = message ?? randomUUID()
    const at = now()
    const contents = notifications.contents(ids)
    const told = inWords(ids, contents)
    if (told === null) return
    notifications.claim(ids, id, told.subject, at)
    if (message === null && first.kind !== 'summary') lastTries.set(groupOf(first), at)
    onChange(ids)
    try {
      await channel.send({ id, recipient: first.recipient, severity: first.severity, link: null, acknowledge: null, contents, ...told })
    } catch (error) {
      return fail(error, { ids, id, recipient: first.recipient, attempts: first.attempts + 1, tried: first.tried ?? at })
    }
    await mark(ids, () => notifications.markSent(ids, now()))
    if (outages > 0) log.info('messages get out again', { channel: channel.name })
    outages = 0
    log.info('told', { channel: channel.name, recipient: first.recipient, subject: told.subject, notifications: ids.length, message: id })
  }

  /** What cannot be said, such as what another version has left in the table, must not end us at each start anew. */
  function inWords(ids: number[], contents: readonly Content[]): ReturnType<Words['message']> | null {
    try {
      return words.message(contents)
    } catch (error) {
      log.error('a notification could not be put into words and is given up: a bug', { error, contents })
      notifications.markDead(ids, 'It could not be put into words.')
      onChange(ids)
      return null
    }
  }

  async function fail(
    error: unknown,
    { ids, id, recipient, attempts, tried }: { ids: number[]; id: string; recipient: string; attempts: number; tried: number },
  ): Promise<void> {
    const why = error instanceof Error ? error.message : String(error)
    const kind = error instanceof DeliveryError ? error.kind : 'later'
    const about = { channel: channel.name, recipient, why, attempts, message: id }
    if (!(error instanceof DeliveryError)) log.error('a channel failed in a way that it should not', { ...about, error })
    outages = kind === 'unreachable' ? outages + 1 : 0
    const verdict = judgeFailure(kind, { attempts, outages, tried }, now(), Math.random())
    if (verdict.hold !== null) hold = verdict.hold
    if (verdict.message === 'dead') {
      await mark(ids, () => notifications.markDead(ids, kind === 'refused' ? why : `Given up after three days. ${why}`))
      log.error('a message could not be delivered and is given up', about)
    } else if (verdict.message === 'paused') {
      await mark(ids, () => notifications.markPaused(ids, why))
      log.error('the channel is paused until its settings are put right; what is to be told waits', about)
    } else {
      await mark(ids, () => notifications.markLater(ids, verdict.next, why))
      log.warn('a message could not be delivered; it is tried again', { ...about, next: new Date(verdict.next).toISOString() })
    }
  }

  /**
   * What has happened must be written down before anything else goes out: as long as the disk is full, wait here. The
   * rows stand as being sent meanwhile, so that nobody sends them twice. What `close` breaks off goes out at the next start.
   */
  async function mark(ids: readonly number[], write: () => void): Promise<void> {
    for (;;) {
      if (abandoned) return
      try {
        write()
        return onChange(ids)
      } catch (error) {
        if (!isOutsideTrouble(error)) throw error
        log.error('what has become of a message cannot be written down; it is tried again', { why: (error as Error).message })
        await delay(troubleSleep, undefined, { signal: closing.signal }).catch(() => {
          abandoned = true
        })
      }
    }
  }
  return {
    wake,
    async close(): Promise<void> {
      closing.abort()
      clearTimeout(timer)
      const late = new AbortController()
      const timeout = delay(patience, undefined, { signal: late.signal }).catch(() => {})
      await Promise.race([running, timeout])
      late.abort()
      abandoned = true
      channel.close()
    },
  }
}
