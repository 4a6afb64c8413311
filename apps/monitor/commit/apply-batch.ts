import { type Ack, type Batch, checkNumber, checkTime, PayloadError, placeOf, type Row, unitOfKey } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'
import { judgeBatch } from '@hearthwatch/protocol/receiver'
import type { Judge } from '../alerts/judge.ts'
import type { Current, LiveState } from '../live/live-state.ts'
import { isOneReading } from '../live/show.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
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
  /** The value shown now, if it arrived live. */
  live: Current | null
  /** Time of the latest reading that was published as an event. ms */
  publishedUpTo: number
  add: ReturnType<Store['readings']['series']>
  judge: ReturnType<Judge['forBatch']>
  newest: Newest | null
}

export type ApplyBatch = ReturnType<typeof createApplyBatch>

/** Applies one batch of a device's record, inside the transaction of the other messages. */
export function createApplyBatch({
  store: { readings, records },
  judge,
  liveState,
  notificationQueue,
  retentionDays,
  reject,
}: ApplyBatchOptions) {
  const networkDelayOf = measureNetworkDelay()

  /** True if an already stored sequence number was stored for this very row. */
  function explains({ device, epoch, now }: Batch, row: Row, info: Device['info'], at: number): boolean {
    // Use the earlier of both clocks: if ours is years ahead, every row would count as deleted by retention.
    if (retentionDays > 0 && row.time < Math.min(at, now) - retentionDays * day) return true
    if (records.isLost(device, epoch, row.seq)) return true
    return Object.entries(row.values).every(([key, value]) => {
      const place = placeOf(key, device)
      if (place === null) return true
      try {
        return readings.has(device, place.quantity, checkTime(row.time, at), checkNumber(value, place.quantity, unitOfKey(info, key)))
      } catch (error) {
        // A value that is refused again says nothing about the row.
        if (error instanceof PayloadError) return true
        throw error
      }
    })
  }

  /** @returns null if the key names no quantity */
  function columnOf(key: string, { device, trusted }: Batch, { room, info }: Device, interval: number, at: number): Column | null {
    const place = placeOf(key, room ?? device)
    if (place === null) return null
    const name = { ...place, device }
    const shown = liveState.current(place.room, place.quantity)
    const publishedUpTo = shown && !shown.old ? shown.time : Number.NEGATIVE_INFINITY
    const live = shown && !shown.old && !shown.recorded ? shown : null
    return {
      name,
      unit: unitOfKey(info, key),
      live,
      publishedUpTo,
      add: readings.series(name, !trusted),
      judge: judge.forBatch(name, interval, at),
      newest: null,
    }
  }

  /** @returns the number of values stored */
  function applyRows(batch: Batch, rows: readonly Row[], device: Device, topic: string, at: number): number {
    const columns = new Map<string, Column | null>()
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
        try {
          if (column === null) throw new PayloadError('bad-name', 'no quantity')
          const { name, unit, add } = column
          const checked = checkNumber(value, name.quantity, unit)
          if (add(checked, checkTime(row.time, at), old) === null) continue
          stored += 1
          column.judge(checked, taken, old || behind)
          if (!old) publish(column, { value: checked, time: row.time, taken })
          if (column.newest === null || row.time > column.newest.time) column.newest = { value: checked, time: row.time, taken, old }
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
          reject(topic, error.fault, `row ${row.seq}: ${error.message}`, at)
        }
      }
    }
    for (const column of columns.values()) if (column?.newest) show(column.name, column.newest)
    return stored
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
      const before = records.progress(batch.device, batch.epoch)
      const [after, verdict] = judgeBatch(before, batch, (row) => explains(batch, row, device.info, at))
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
          const place = placeOf(key, device.room ?? batch.device)
          const number = place && goodNumber(value, place.quantity, unitOfKey(device.info, key))
          return place !== null && number !== null && judge.changesAlert({ ...place, device: batch.device }, number, at)
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
