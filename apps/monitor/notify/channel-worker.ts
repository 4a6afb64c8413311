import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import type { Zone } from '../localtime.ts'
import { isOutsideTrouble } from '../store/file/open.ts'
import type { Budget, Notifications } from '../store/notifications.ts'
import { budgetOf } from './budget.ts'
import { watchTrouble } from './channel-health.ts'
import { type Channel, DeliveryError } from './channels/channel.ts'
import { type Batch, groupOf, type Pace, plan, severityOf } from './group.ts'
import { quietUntil } from './quiet.ts'
import { noteDown, troubleSleep } from './record-result.ts'
import { judgeFailure, longestHold } from './retry.ts'
import type { Compose, Letter } from './text/compose.ts'
import { joinSentences, type Localized, localized } from './text/localized.ts'

export interface ChannelWorkerOptions {
  notifications: Notifications
  compose: Compose
  pace: Pace
  /** In which it is written down why something failed. */
  language: keyof Localized
  /** By which a budget's month is counted. */
  timeZone?: Zone
  now: () => number
  log: Log
  onChange: (ids: readonly number[]) => void
  held?: (() => boolean) | undefined
}

/** Timers are set no further than this, ms, so that a clock that is put right is noticed. */
const longestSleep = 60_000
const heldSleep = 1000
const wordless = localized('It could not be put into words.', '無法寫成訊息。')
const givenUp = localized('Given up after three days.', '三天後放棄。')
const unforeseen = (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error)
  return localized(text, text)
}
/** How long `close` waits for a message on its way, ms. */
const patience = 4000

export type ChannelWorker = ReturnType<typeof startChannelWorker>

/** One channel's messages, one after the other; what holds up one channel is nothing to the others. */
export function startChannelWorker(channel: Channel, options: ChannelWorkerOptions) {
  const { notifications, compose, pace, language, timeZone, now, log, onChange, held = () => false } = options
  const lastTries = new Map<string, number>()
  for (const { tried, ...group } of notifications.lastTries(channel.name, now() - pace.interval)) lastTries.set(groupOf(group), tried)
  const budget = budgetOf(channel, notifications, timeZone)
  const trouble = watchTrouble()

  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let woken = false
  /** Nothing goes out before this time. */
  let hold = 0
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
        const quiet = quietUntil(channel.quiet, at)
        const { go, over, hold, again } = plan(notifications.waiting(channel.name), lastTries, at, pace, quiet)
        if (over.length > 0) change(over, notifications.remove)
        if (hold.length > 0) change(hold, (ids) => notifications.hold(ids, quiet))
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

  function change(rows: readonly { id: number }[], write: (ids: readonly number[]) => void): void {
    const ids = rows.map(({ id }) => id)
    write(ids)
    onChange(ids)
  }

  async function deliver({ message, rows }: Batch): Promise<void> {
    const [first] = rows
    const ids = rows.map(({ id }) => id)
    const severity = severityOf(rows)
    const at = now()
    const answer = budget.ask(severity, at)
    if (answer.refusal !== null) {
      log.warn('a message is given up for want of budget', { channel: channel.name, why: answer.refusal.en })
      return change(rows, () => notifications.markDead(ids, answer.refusal[language], at))
    }
    const id = message ?? randomUUID()
    const letter = inWords(id, rows, answer.warning)
    if (letter === null) return change(rows, () => notifications.markDead(ids, wordless[language], at))
    notifications.claim(ids, id, letter.subject, at)
    if (message === null && first.kind !== 'summary') for (const row of rows) lastTries.set(groupOf(row), at)
    onChange(ids)
    try {
      await channel.send({ id, recipient: first.recipient, severity, ...letter })
    } catch (error) {
      return fail(error, { ids, id, recipient: first.recipient, attempts: first.attempts + 1, tried: first.tried ?? at })
    }
    await mark(ids, () => notifications.markSent(ids, now()))
    if (trouble.over()) log.info('messages get out again', { channel: channel.name })
    if (answer.warning) log.warn('four fifths of the month’s budget are spent', { ...answer.warning })
    log.info('told', { channel: channel.name, recipient: first.recipient, subject: letter.subject, notifications: ids.length, message: id })
  }

  /** What cannot be said, such as what another version has left in the table, must not end us at each start anew. */
  function inWords(id: string, rows: Batch['rows'], budget: Budget | null): Letter | null {
    const contents = notifications.contents(rows.map(({ id }) => id))
    const draft = { id, contents, at: now(), wasHeld: rows.some(({ held }) => held !== null), budget }
    for (const isBare of [false, true]) {
      try {
        return compose({ ...draft, isBare })
      } catch (error) {
        if (isOutsideTrouble(error)) throw error
        log.error(`a notification could not be put into words${isBare ? ' and is given up' : ''}: a bug`, { error, contents })
      }
    }
    return null
  }

  async function fail(
    error: unknown,
    { ids, id, recipient, attempts, tried }: { ids: number[]; id: string; recipient: string; attempts: number; tried: number },
  ): Promise<void> {
    const { kind, why, retryAfter } = error instanceof DeliveryError ? error : new DeliveryError('later', unforeseen(error))
    const about = { channel: channel.name, recipient, why: why.en, attempts, message: id }
    if (!(error instanceof DeliveryError)) log.error('a channel failed in a way that it should not', { ...about, error })
    const at = now()
    const outages = trouble.failed(kind, why, at)
    const verdict = judgeFailure(kind, { attempts, outages, tried, wish: retryAfter }, at, Math.random())
    if (verdict.hold !== null) hold = verdict.hold
    if (verdict.message === 'dead') {
      await mark(ids, () => notifications.markDead(ids, (kind === 'refused' ? why : joinSentences(givenUp, why))[language], at))
      log.error('a message could not be delivered and is given up', about)
    } else if (verdict.message === 'paused') {
      await mark(ids, () => notifications.markPaused(ids, why[language]))
      log.error('the channel is paused until its settings are put right; what is to be told waits', about)
    } else {
      await mark(ids, () => notifications.markLater(ids, verdict.next, why[language]))
      log.warn('a message could not be delivered; it is tried again', { ...about, next: new Date(verdict.next).toISOString() })
    }
  }

  async function mark(ids: readonly number[], write: () => void): Promise<void> {
    if (abandoned) return
    if (await noteDown(write, closing.signal, log)) onChange(ids)
    else abandoned = true
  }

  return {
    channel,
    trouble,
    budget,
    wake,

    /** Something got through: what is held up need not wait any longer. */
    release(): void {
      trouble.over()
      hold = 0
      wake()
    },

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
