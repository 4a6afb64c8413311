import { type Ack, type Batch, checkNumber, checkTime, PayloadError, type Row, unitOfKey } from '@hearthwatch/protocol'
import { day } from '@hearthwatch/protocol/durations'
import { judgeBatch } from '@hearthwatch/protocol/receiver'
import { batchTimeout } from '../devices/batch-timeout.ts'
import type { Device } from '../store/devices.ts'
import type { Epoch } from '../store/record-progress.ts'
import type { Store } from '../store/store.ts'
import { type ApplyRowsOptions, createApplyRows, type Place, placeIn } from './apply-rows.ts'
import { measureNetworkDelay } from './network-delay.ts'

export interface ApplyBatchOptions extends ApplyRowsOptions {
  store: Store
  /** Days that raw readings are kept; 0: for ever. */
  retentionDays: number
}

export type ApplyBatch = ReturnType<typeof createApplyBatch>

/** Applies one batch of a device's record, inside the transaction of the other messages. */
export function createApplyBatch(options: ApplyBatchOptions) {
  const {
    store: { readings, records, asides },
    judge,
    presence,
    retentionDays,
  } = options
  const applyRows = createApplyRows(options)
  const delayOf = measureNetworkDelay()

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
    if (records.isLost(device, epoch, row.seq) || records.isElsewhere(device, epoch, row.seq)) return true
    return Object.entries(row.values).every(([key, value]) => {
      const where = placeIn(key, sender)
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

  return {
    /** @returns the acknowledgement to publish after the commit, and the number of values stored */
    apply(batch: Batch, device: Device, topic: string, at: number): { ack: Ack; stored: number } {
      const before = release(records.progress(batch.device, batch.epoch), device, at)
      const [after, verdict] = judgeBatch(before, batch, (row) => explains(batch, row, device, at))
      const answer = { epoch: batch.epoch, re: batch.batch, now: at, after: pauseFor(delayOf(batch.device, batch.now, at)) }
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
          const where = placeIn(key, device)
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
      return at - heard > batchTimeout(info)
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

/** A batch that was on its way for this much longer than others of its device waited for this monitor. ms */
const busy = 2000
/** Longest pause that is asked for. ms */
const longestPause = 60_000

/** The pause after a batch that came late: a busy monitor gets fewer and larger batches, which cost it less. */
function pauseFor(delay: number): number | undefined {
  return delay < busy ? undefined : Math.min(longestPause, 2 * Math.round(delay))
}
