import { type Ack, type Batch, checkNumber, checkTime, PayloadError, placeOf, type Row, topicOf, unitOfKey } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'
import { judgeBatch } from '@hearthwatch/protocol/receiver'
import type { Judge } from '../alerts/judge.ts'
import type { LiveCheck } from '../devices/live-check.ts'
import type { Presence } from '../devices/presence.ts'
import type { Current, LiveState } from '../live/live-state.ts'
import { isOneReading } from '../live/show.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Aside } from '../store/aside.ts'
import type { Device } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Epoch } from '../store/record-progress.ts'
import type { Store } from '../store/store.ts'
import { isBehind } from './is-behind.ts'
import { measureNetworkDelay } from './network-delay.ts'

/** An older row, by our clock, is not judged as current. */
const lateAfter = 10 * minute
/** A row further ahead of its own batch was taken before the device's clock was set back: its time is unknown. ms */
const mostAhead = 5000
const usualInterval = 10_000
/** s */
const usualBatch = 30

export interface ApplyBatchOptions {
  store: Store
  judge: Judge
  presence: Pick<Presence, 'mayStore'>
  liveCheck: LiveCheck
  liveState: LiveState
  notificationQueue: NotificationQueue
  /** Days that raw readings are kept; 0: for ever. */
  retentionDays: number
  /** Counts a value that cannot be stored. */
  reject(topic: string, reason: string, why: string, at: number): void
}

/** The newest value of a column: the one that is shown. */
interface Newest {
  value: number
  time: number
  /** When it was taken, by our clock. */
  taken: number
  old: boolean
}

/** One key of a batch, looked up once instead of for each row. */
interface Column {
  name: SeriesName
  /** The unit that the device states; undefined: the quantity's own. */
  unit: string | undefined
  topic: string
  /** The value shown now, if it arrived live. */
  live: Current | null
  /** Time of the latest reading that was published as an event. ms */
  publishedUpTo: number
  add: ReturnType<Store['readings']['series']>
  judge: ReturnType<Judge['forBatch']>
  newest: Newest | null
  /** The rows that are not old. */
  current: { value: number; taken: number }[]
}

type Place = NonNullable<ReturnType<typeof placeOf>>

/** Values of a place that the device may not write. */
interface Refused extends Pick<Aside, 'place' | 'first' | 'count'> {
  isRefused: true
}

export type ApplyBatch = ReturnType<typeof createApplyBatch>

/** Applies one batch of a device's record, inside the transaction of the other messages. */
export function createApplyBatch({
  store: { readings, records, asides },
  judge,
  presence,
  liveCheck,
  liveState,
  notificationQueue,
  retentionDays,
  reject,
}: ApplyBatchOptions) {
  const networkDelayOf = measureNetworkDelay()

  /** The place of a key; null if it names no quantity. */
  const place = (key: string, device: Device) => placeOf(key, device.info?.room ?? device.room ?? device.key)

  /** True if the values of this place are not stored, or were not when this row arrived. */
  function isAside(device: Device, { epoch }: Batch, { room, quantity }: Place, seq: number, at: number): boolean {
    if (!presence.mayStore(device, room, quantity, at)) return true
    return asides.of(device.key).some((aside) => aside.epoch === epoch && aside.place === `${room}/${quantity}` && aside.first <= seq)
  }

  /** True if an already stored sequence number was stored for this very row. */
  function explains(batch: Batch, row: Row, sender: Device, at: number): boolean {
    const { device, epoch, now } = batch
    // Use the earlier of both clocks: if ours is years ahead, every row would count as deleted by retention.
    if (retentionDays > 0 && row.time < Math.min(at, now) - retentionDays * day) return true
    if (records.isLost(device, epoch, row.seq)) return true
    return Object.entries(row.values).every(([key, value]) => {
      const where = place(key, sender)
      if (where === null || isAside(sender, batch, where, row.seq, at)) return true
      try {
        const unit = unitOfKey(sender.info, key)
        return readings.has(device, where.quantity, checkTime(row.time, at), checkNumber(value, where.quantity, unit))
      } catch (error) {
        // A value that is refused again says nothing about the row.
        if (error instanceof PayloadError) return true
        throw error
      }
    })
  }

  /** @returns null if the key names no quantity */
  function columnOf(key: string, { trusted }: Batch, device: Device, interval: number, at: number): Column | Refused | null {
    const where = place(key, device)
    if (where === null) return null
    const { room, quantity } = where
    if (!presence.mayStore(device, room, quantity, at)) return { isRefused: true, place: `${room}/${quantity}`, first: 0, count: 0 }
    const name = { ...where, device: device.key }
    const shown = liveState.current(room, quantity)
    const publishedUpTo = shown && !shown.old ? shown.time : Number.NEGATIVE_INFINITY
    const live = shown && !shown.old && !shown.recorded ? shown : null
    const topic = topicOf('reading', where)
    const add = readings.series(name, !trusted)
    const unit = unitOfKey(device.info, key)
    return { name, topic, unit, live, publishedUpTo, add, judge: judge.forBatch(name, interval, at), newest: null, current: [] }
  }

  /** @returns the number of values stored */
  function applyRows(batch: Batch, rows: readonly Row[], device: Device, topic: string, at: number): number {
    const columns = new Map<string, Column | Refused | null>()
    const interval = (device.info?.interval ?? usualInterval / 1000) * 1000
    const behind = isBehind(batch, device.info?.interval)
    const delay = networkDelayOf(batch.device, batch.now, at)
    let stored = 0
    for (const row of rows) {
      const age = batch.now - row.time
      const taken = at - delay - Math.max(0, age)
      const old = age > lateAfter || age < -mostAhead
      for (const key in row.values) {
        const value: unknown = row.values[key]
        if (value === null) continue
        let column = columns.get(key)
        if (column === undefined) {
          column = columnOf(key, batch, device, interval, at)
          columns.set(key, column)
        }
        if (column && 'isRefused' in column) {
          if (column.count === 0) column.first = row.seq
          column.count += 1
          reject(topic, 'not-its-room', `row ${row.seq}: ${column.place} is not the device's`, at)
          continue
        }
        try {
          if (column === null) throw new PayloadError('bad-name', 'no quantity')
          const { name, unit, add } = column
          const checked = checkNumber(value, name.quantity, unit)
          if (add(checked, checkTime(row.time, at), old) === null) continue
          stored += 1
          column.judge(checked, taken, old || behind)
          if (!old) publish(column, { value: checked, time: row.time, taken })
          if (!old) column.current.push({ value: checked, taken })
          if (column.newest === null || row.time > column.newest.time) column.newest = { value: checked, time: row.time, taken, old }
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
          reject(topic, error.fault, `row ${row.seq}: ${error.message}`, at)
        }
      }
    }
    for (const column of columns.values()) {
      if (column === null) continue
      if ('isRefused' in column) asides.add(device.key, { ...column, epoch: batch.epoch })
      else {
        if (column.newest) show(column.name, column.newest)
        liveCheck.rows(column.topic, column.current)
      }
    }
    return stored
  }

  /**
   * Requests rows again that were set aside, if the device may write their places by now. Rows that it no longer has are no gap
   * then: the values of its other places were stored.
   */
  function release(progress: Epoch, device: Device, at: number): Epoch {
    const allowed = asides.of(device.key).filter(({ epoch, place }) => {
      const [room = '', quantity = ''] = place.split('/')
      return epoch === progress.epoch && presence.mayStore(device, room, quantity, at)
    })
    if (allowed.length === 0) return progress
    for (const aside of allowed) asides.remove(device.key, aside)
    const kept = Math.min(progress.kept, ...allowed.map(({ first }) => first - 1))
    const before = { ...progress, kept, begun: false, asked: null }
    records.save(before)
    return before
  }

  /** Shows a value that no live message has shown; an old one only if nothing newer is shown. */
  function show({ room, quantity, device }: SeriesName, { value, time, taken, old }: Newest): void {
    const shown = liveState.current(room, quantity)
    if (shown !== undefined && !shown.old && shown.time >= Math.min(time, taken)) return
    const current: Current = { value, time: Math.min(time, taken), device }
    liveState.show(room, quantity, old ? current : { ...current, recorded: true })
  }

  /** Publishes an event for each reading that did not arrive live, in order of time. */
  function publish(column: Column, { value, time, taken }: Omit<Newest, 'old'>): void {
    const { name, live, publishedUpTo } = column
    const current: Current = { value, time: Math.min(time, taken), device: name.device }
    if (current.time <= publishedUpTo) return
    column.publishedUpTo = current.time
    if (live !== null && isOneReading(live, current)) return
    notificationQueue.publishEvent({
      type: 'reading',
      data: { room: name.room, quantity: name.quantity, value, time, device: name.device },
    })
  }

  return {
    /** @returns the acknowledgement to publish after the commit, and the number of values stored */
    apply(batch: Batch, device: Device, topic: string, at: number): { ack: Ack; stored: number } {
      const before = release(records.progress(batch.device, batch.epoch), device, at)
      const [after, verdict] = judgeBatch(before, batch, (row) => explains(batch, row, device, at))
      const answer = { epoch: batch.epoch, re: batch.batch, now: at }
      if (verdict.kind === 'fork') return { ack: { ...answer, seq: before.kept, err: 'fork' }, stored: 0 }
      if (verdict.kind === 'rewind') {
        records.remember({ ...before, ...after })
        return { ack: { ...answer, seq: after.kept }, stored: 0 }
      }
      const stored = applyRows(batch, verdict.rows, device, topic, at)
      for (const gap of verdict.gaps) records.addGap(batch.device, batch.epoch, gap, at)
      const heard = verdict.rows.length > 0 ? at : before.heard
      const progress: Epoch = { ...before, ...after, heard, skew: batch.now - at }
      if (progress.kept !== before.kept || heard !== before.heard) records.save(progress)
      return { ack: { ...answer, seq: after.kept }, stored }
    },

    /** True if the commit of this batch should not wait for more messages. */
    isUrgent(batch: Batch, device: Device, at: number): boolean {
      if (batch.rows.length >= 100) return true
      return batch.rows.some(({ values }) =>
        Object.entries(values).some(([key, value]) => {
          const where = place(key, device)
          const number = where && goodNumber(value, where.quantity, unitOfKey(device.info, key))
          if (where === null || number === null || !judge.changesAlert({ ...where, device: batch.device }, number, at)) return false
          return presence.mayStore(device, where.room, where.quantity, at)
        }),
      )
    },

    /**
     * True if an online device with a record has not delivered any rows for too long.
     * @param listeningSince since when the device can be heard, ms
     */
    isFaulty({ id, info, status }: Device, at: number, listeningSince: number): boolean {
      if (id === null || info?.epoch === undefined || status !== 'online') return false
      const heard = Math.max(records.latest(id)?.heard ?? 0, listeningSince)
      const interval = Math.max(Number(info.config?.BATCH_INTERVAL ?? usualBatch), info.interval ?? 0)
      return at - heard > 3 * interval * 1000 + minute
    },
  }
}

function goodNumber(value: unknown, quantity: string, unit: string | undefined): number | null {
  try {
    return checkNumber(value, quantity, unit)
  } catch {
    return null
  }
}
