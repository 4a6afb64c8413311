import { type Ack, type Batch, checkTime, checkValue, PayloadError, placeOf, type Row } from '@hearthwatch/protocol'
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
import { measureNetworkDelay } from './network-delay.ts'

/** A row that was taken longer ago than this, by our clock, is not judged as "now". ms */
const lateAfter = 10 * minute
/** A row that is ahead of its own batch by more than this was taken before the device's clock was put back: nobody knows when. ms */
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

/** The newest value of a batch: of all of them the one that is shown. */
interface Newest {
  value: number
  time: number
  /** When it was taken, by our clock. */
  taken: number
  old: boolean
}

/** One key of a batch: looked up once, not for each of its rows. */
interface Column {
  name: SeriesName
  /** What is shown, if it was heard live. */
  live: Current | null
  /** Of when the latest reading is that has been told. ms */
  told: number
  add: ReturnType<Store['readings']['series']>
  judge: ReturnType<Judge['forBatch']>
  newest: Newest | null
}

export type ApplyBatch = ReturnType<typeof createApplyBatch>

/** One batch of a device's record, kept inside the transaction of the other messages. */
export function createApplyBatch({
  store: { readings, records },
  judge,
  liveState,
  notificationQueue,
  retentionDays,
  reject,
}: ApplyBatchOptions) {
  const networkDelayOf = measureNetworkDelay()

  /** Whether a number that was kept before was kept for this very row. */
  function explains({ device, epoch, now }: Batch, row: Row, at: number): boolean {
    // By the earlier of both clocks: where ours is ahead by years, everything would be too old to be looked at.
    if (retentionDays > 0 && row.time < Math.min(at, now) - retentionDays * day) return true
    if (records.isLost(device, epoch, row.seq)) return true
    return Object.entries(row.values).every(([key, value]) => {
      if (records.isRefused(device, epoch, row.seq, key)) return true
      return readings.has(device, key.slice(key.indexOf('/') + 1), row.time, value)
    })
  }

  /** @returns null for what is no key */
  function columnOf(key: string, { device, trusted }: Batch, ownRoom: string, interval: number): Column | null {
    const place = placeOf(key, ownRoom)
    if (place === null) return null
    const name = { ...place, device }
    const shown = liveState.current(place.room, place.quantity)
    const told = shown && !shown.old ? shown.time : Number.NEGATIVE_INFINITY
    const live = shown && !shown.old && !shown.recorded ? shown : null
    return { name, live, told, add: readings.series(name, !trusted), judge: judge.forBatch(name, interval), newest: null }
  }

  /** @returns how many values were stored */
  function keepRows(batch: Batch, rows: readonly Row[], device: Device, topic: string, at: number): number {
    const columns = new Map<string, Column | null>()
    const interval = (device.info?.interval ?? usualInterval / 1000) * 1000
    const behind = isBehind(batch, device.info?.interval)
    const transit = networkDelayOf(batch.device, batch.now, at)
    let stored = 0
    for (const row of rows) {
      const age = batch.now - row.time
      const taken = at - transit - Math.max(0, age)
      const old = age > lateAfter || age < -mostAhead
      for (const key in row.values) {
        const value = row.values[key]
        let column = columns.get(key)
        if (column === undefined) {
          column = columnOf(key, batch, device.room ?? batch.device, interval)
          columns.set(key, column)
        }
        try {
          if (column === null) throw new PayloadError('bad-name', 'no quantity')
          if (typeof value !== 'number') throw new PayloadError('not-a-number', 'no number')
          const { name, add } = column
          if (add(checkValue(value, name.quantity), checkTime(row.time, at), old) === null) continue
          stored += 1
          column.judge(value, taken, old || behind)
          if (!old) tell(column, { value, time: row.time, taken })
          if (column.newest === null || row.time > column.newest.time) column.newest = { value, time: row.time, taken, old }
        } catch (error) {
          if (!(error instanceof PayloadError)) throw error
          records.refuse(batch.device, batch.epoch, row.seq, key, error.fault)
          reject(topic, error.fault, `row ${row.seq}: ${error.message}`, at)
        }
      }
    }
    for (const column of columns.values()) if (column?.newest) show(column.name, column.newest)
    return stored
  }

  /** What no live message has shown is shown now; what is old only where nothing newer stands. */
  function show({ room, quantity, device }: SeriesName, { value, time, taken, old }: Newest): void {
    const shown = liveState.current(room, quantity)
    if (shown !== undefined && !shown.old && shown.time >= Math.min(time, taken)) return
    const current: Current = { value, time: Math.min(time, taken), device }
    liveState.show(room, quantity, old ? current : { ...current, recorded: true })
  }

  /** Whoever listens hears of each reading that no live message has told, in the order of time. */
  function tell(column: Column, { value, time, taken }: Omit<Newest, 'old'>): void {
    const { name, live, told } = column
    const current: Current = { value, time: Math.min(time, taken), device: name.device }
    if (current.time <= told) return
    column.told = current.time
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
      const [after, verdict] = judgeBatch(before, batch, (row) => explains(batch, row, at))
      const answer = { epoch: batch.epoch, re: batch.batch, now: at }
      if (verdict.kind === 'fork') return { ack: { ...answer, seq: before.kept, err: 'fork' }, stored: 0 }
      if (verdict.kind === 'rewind') {
        records.remember({ ...before, ...after })
        return { ack: { ...answer, seq: after.kept }, stored: 0 }
      }
      const stored = keepRows(batch, verdict.rows, device, topic, at)
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
          return place !== null && judge.changesAlert({ ...place, device: batch.device }, value, at)
        }),
      )
    },

    /**
     * True if an online device with a record has not delivered any rows for too long.
     * @param watching since when the device can be heard, ms
     */
    isFaulty({ id, info, status }: Device, at: number, watching: number): boolean {
      if (id === null || info?.epoch === undefined || status !== 'online') return false
      const heard = Math.max(records.latest(id)?.heard ?? 0, watching)
      const interval = Math.max(Number(info.config?.BATCH_INTERVAL ?? usualBatch), info.interval ?? 0)
      return at - heard > 3 * interval * 1000 + minute
    },
  }
}

/**
 * Whether the device has more to send than this batch. What is then still to come is nearer to now: the alerts of this
 * moment are not for these rows to raise or to end.
 */
function isBehind({ rows, now }: Batch, interval: number | undefined): boolean {
  const [last, before] = [rows.at(-1), rows.at(-2)]
  if (last === undefined || (before === undefined && interval === undefined)) return false
  const usual = Math.max((interval ?? 0) * 1000, before ? last.time - before.time : 0)
  return now - last.time > 2 * usual + mostAhead
}
