import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '@hearthwatch/log'
import { minute, second } from '@hearthwatch/protocol/durations'
import type { Zone } from '../localtime.ts'
import { isOutsideTrouble } from '../store/file/open.ts'
import type { Budget, Notifications } from '../store/notifications.ts'
import { budgetOf } from './budget.ts'
import { createChannelHealth } from './channel-health.ts'
import { type Channel, DeliveryError } from './channels/channel.ts'
import { type Batch, groupOf, type Pace, plan, severityOf } from './group.ts'
import { quietUntil } from './quiet.ts'
import { persistResult, retryPause } from './record-result.ts'
import { longestHold, planRetry } from './retry.ts'
import type { Compose, ComposedMessage } from './text/compose.ts'
import { joinSentences, localized } from './text/localized.ts'

export interface ChannelWorkerOptions {
  notifications: Notifications
  compose: Compose
  pace: Pace
  /** Time zone of a budget's calendar month. */
  timeZone?: Zone
  now: () => number
  log: Log
  onChange: (ids: readonly number[]) => void
  held?: (() => boolean) | undefined
}

/** Longest timer, so that a corrected clock is noticed. ms */
const longestSleep = minute
const heldSleep = second
const unrenderable = localized('The message could not be rendered.', '無法產生訊息內容。')
const givenUp = localized('Given up after three days.', '重試三天後放棄。')
const unexpected = (error: unknown) => {
  const text = error instanceof Error ? error.message : String(error)
  return localized(text, text)
}
/** How long `close` waits for a message that is being sent. ms */
const closeTimeout = 4 * second

/** Sends the messages of one channel, one after the other. Channels do not wait for each other. */
export function startChannelWorker(channel: Channel, options: ChannelWorkerOptions) {
  const { notifications, compose, pace, timeZone, now, log, onChange, held = () => false } = options
  const lastTries = new Map<string, number>()
  for (const { tried, ...group } of notifications.lastTries(channel.name, now() - pace.interval)) lastTries.set(groupOf(group), tried)
  const budget = budgetOf(channel, notifications, timeZone)
  const health = createChannelHealth()

  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let woken = false
  /** No message is sent before this time. */
  let hold = 0
  const closing = new AbortController()
  /** After `close` no result is written: the database may be closed. */
  let abandoned = false

  function wake(): void {
    if (closing.signal.aborted) return
    // The current run may have read the table already.
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
      // A hold further ahead was set before the clock was set back.
      if (at < hold && hold - at <= longestHold) return sleep(hold - at)
      try {
        const quiet = quietUntil(channel.quiet, at)
        const { send, drop, hold, next } = plan(notifications.waiting(channel.name), lastTries, at, pace, quiet)
        if (drop.length > 0) change(drop, notifications.remove)
        if (hold.length > 0) change(hold, (ids) => notifications.hold(ids, quiet))
        const [batch] = send
        if (batch === undefined) return next === undefined ? undefined : sleep(next - at)
        await deliver(batch)
      } catch (error) {
        if (!isOutsideTrouble(error)) throw error
        log.error('the database cannot be written; notifications wait and are retried', { why: (error as Error).message })
        return sleep(retryPause)
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
    const allowed = budget.check(severity, at)
    if (allowed.refusal !== null) {
      log.warn('the monthly budget is used up; a message is given up', { channel: channel.name, why: allowed.refusal.en })
      return change(rows, () => notifications.markDead(ids, allowed.refusal, at))
    }
    const id = message ?? randomUUID()
    const composed = render(id, rows, allowed.warning)
    if (composed === null) return change(rows, () => notifications.markDead(ids, unrenderable, at))
    notifications.claim(ids, id, composed.subject, at)
    if (message === null && first.kind !== 'summary') for (const row of rows) lastTries.set(groupOf(row), at)
    onChange(ids)
    try {
      const thread = notifications.earlier(ids, alertsIn(rows), { channel: channel.name, recipient: first.recipient })
      await channel.send({ id, recipient: first.recipient, severity, thread, ...composed })
    } catch (error) {
      return fail(error, { ids, id, recipient: first.recipient, attempts: first.attempts + 1, tried: first.tried ?? at })
    }
    await mark(ids, () => notifications.markSent(ids, now()))
    if (health.recovered()) log.info('the channel works again', { channel: channel.name })
    if (allowed.warning) log.warn('four fifths of the monthly budget are used', { ...allowed.warning })
    log.info('notification sent', {
      channel: channel.name,
      recipient: first.recipient,
      subject: composed.subject,
      notifications: ids.length,
      message: id,
    })
  }

  /** A notification that cannot be rendered (for example from another version) must not crash every start. */
  function render(id: string, rows: Batch['rows'], budget: Budget | null): ComposedMessage | null {
    const contents = notifications.contents(rows.map(({ id }) => id))
    const draft = { id, contents, at: now(), wasHeld: rows.some(({ held }) => held !== null), budget }
    for (const isBare of [false, true]) {
      try {
        return compose({ ...draft, isBare })
      } catch (error) {
        if (isOutsideTrouble(error)) throw error
        log.error(`a bug: a notification could not be rendered; ${isBare ? 'it is given up' : 'retrying without chart'}`, {
          error,
          contents,
        })
      }
    }
    return null
  }

  async function fail(
    error: unknown,
    { ids, id, recipient, attempts, tried }: { ids: number[]; id: string; recipient: string; attempts: number; tried: number },
  ): Promise<void> {
    const { kind, why, retryAfter } = error instanceof DeliveryError ? error : new DeliveryError('later', unexpected(error))
    const about = { channel: channel.name, recipient, why: why.en, attempts, message: id }
    if (!(error instanceof DeliveryError))
      log.error('a bug: a channel failed with an unexpected error; the message is retried', { ...about, error })
    const at = now()
    const outages = health.failed(kind, why, at)
    const retry = planRetry(kind, { attempts, outages, tried, retryAfter }, at, Math.random())
    if (retry.hold !== null) hold = retry.hold
    if (retry.message === 'dead') {
      await mark(ids, () => notifications.markDead(ids, kind === 'refused' || kind === 'gone' ? why : joinSentences(givenUp, why), at))
      log.error('a message could not be delivered; it is given up', about)
    } else if (retry.message === 'paused') {
      await mark(ids, () => notifications.markPaused(ids, why))
      log.error('the channel is paused; notifications wait until its settings are corrected', about)
    } else {
      await mark(ids, () => notifications.markLater(ids, retry.next, why))
      log.warn('a message could not be delivered; it is retried', { ...about, next: new Date(retry.next).toISOString() })
    }
  }

  async function mark(ids: readonly number[], write: () => void): Promise<void> {
    if (abandoned) return
    if (await persistResult(write, closing.signal, log)) onChange(ids)
    else abandoned = true
  }

  return {
    channel,
    health,
    budget,
    wake,

    /** A test was delivered: messages that are held back are sent now. */
    release(): void {
      health.recovered()
      hold = 0
      wake()
    },

    async close(): Promise<void> {
      closing.abort()
      clearTimeout(timer)
      const late = new AbortController()
      const timeout = delay(closeTimeout, undefined, { signal: late.signal }).catch(() => {})
      await Promise.race([running, timeout])
      late.abort()
      abandoned = true
      channel.close()
    },
  }
}

const alertsIn = (rows: Batch['rows']): number[] => [...new Set(rows.flatMap(({ alert }) => alert ?? []))]
