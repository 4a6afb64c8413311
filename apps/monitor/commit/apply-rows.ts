import { type Batch, checkNumber, checkTime, PayloadError, placeOf, type Row, topicOf, unitOfKey } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Judge } from '../alerts/judge.ts'
import type { LiveCheck } from '../devices/live-check.ts'
import type { Presence } from '../devices/presence.ts'
import type { Current, LiveState } from '../live/live-state.ts'
import { isOneReading } from '../live/show.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Aside } from '../store/aside.ts'
import type { Device } from '../store/devices.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Store } from '../store/store.ts'
import { isBehind } from './is-behind.ts'
import { measureNetworkDelay } from './network-delay.ts'

/** An older row, by our clock, is not judged as current. */
const lateAfter = 10 * minute
/** A row further ahead of its own batch was taken before the device's clock was set back: its time is unknown. ms */
const mostAhead = 5000
const usualInterval = 10_000

export interface ApplyRowsOptions {
  store: Pick<Store, 'readings' | 'asides'>
  judge: Judge
  presence: Pick<Presence, 'mayStore'>
  liveCheck: LiveCheck
  liveState: LiveState
  notificationQueue: NotificationQueue
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

export type Place = NonNullable<ReturnType<typeof placeOf>>

/** Values of a place that the device may not write. */
interface Refused extends Pick<Aside, 'place' | 'first' | 'count'> {
  isRefused: true
}

/** The place of a key of the device's rows; null if it names no quantity. */
export const placeIn = (key: string, device: Device) => placeOf(key, device.info?.room ?? device.room ?? device.key)

/** Stores, judges and shows the rows of a batch. */
export function createApplyRows({
  store: { readings, asides },
  judge,
  presence,
  liveCheck,
  liveState,
  notificationQueue,
  reject,
}: ApplyRowsOptions) {
  const networkDelayOf = measureNetworkDelay()

  /** @returns null if the key names no quantity */
  function columnOf(key: string, { trusted }: Batch, device: Device, interval: number, at: number): Column | Refused | null {
    const where = placeIn(key, device)
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

  /** @returns the number of values stored */
  return function applyRows(batch: Batch, rows: readonly Row[], device: Device, topic: string, at: number): number {
    const columns = new Map<string, Column | Refused | null>()
    const interval = (device.info?.interval ?? usualInterval / 1000) * 1000
    const behind = isBehind(batch, device.info?.interval)
    const delay = networkDelayOf(batch.device, batch.now, at)
    let stored = 0
    let flooded = false
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
          flooded ||= error.fault === 'too-many-rooms' || error.fault === 'too-many-series'
        }
      }
    }
    for (const column of columns.values()) {
      if (column === null) continue
      if ('isRefused' in column) asides.add(device.key, { ...column, epoch: batch.epoch })
      else {
        if (column.newest) show(column.name, column.newest)
        liveCheck.rows(column.topic, column.current, at)
      }
    }
    if (flooded) judge.flood(device.key, at)
    return stored
  }
}
