import { type Ack, type Batch, PayloadError, readAgain } from '@hearthwatch/protocol'
import { minute } from '@hearthwatch/protocol/durations'
import type { Judge } from '../alerts/judge.ts'
import type { LiveCheck } from '../devices/live-check.ts'
import type { Presence } from '../devices/presence.ts'
import type { Checked } from '../intake/intake.ts'
import type { Answer } from '../intake/mqtt-session.ts'
import type { Trace } from '../intake/packet-trace.ts'
import type { Message, Reading } from '../intake/parse.ts'
import type { LiveState } from '../live/live-state.ts'
import { showReading } from '../live/show.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { SeriesName } from '../store/readings/readings.ts'
import type { Store } from '../store/store.ts'
import type { ApplyBatch } from './apply-batch.ts'
import type { Tick } from './ticker.ts'

/** Late crossings of a foreign device that are nearer to each other are one alert, ms. */
const shortestPause = 10 * minute

/** An input of one transaction. */
export type Item = Checked | Tick

export interface ApplyOptions {
  store: Store
  judge: Judge
  presence: Presence
  liveCheck: LiveCheck
  notificationQueue: NotificationQueue
  liveState: LiveState
  applyBatch: ApplyBatch
  /** Counts a value that cannot be stored. */
  reject(topic: string, reason: string, why: string, at: number): void
}

/** Applies messages to the database and the alerts, inside the transaction and in the order of arrival. */
export function createApplyMessage({
  store: { readings, devices, records, control },
  judge,
  presence,
  liveCheck,
  notificationQueue,
  liveState,
  applyBatch,
  reject,
}: ApplyOptions) {
  const lateTexts = new Map<string, { first: number; count: number }>()
  let stored = 0
  /** Readings of the current transaction; counted after its commit. */
  let storing = 0
  /** Acknowledgements to publish after the commit. */
  let answers: Answer[] = []

  /** @returns false if it is not stored, because it is a repeat or cannot be stored */
  function addReading({ value, time, at, late, topic }: Reading, name: SeriesName): boolean {
    try {
      if (time === null) return readings.addPlain(name, value, at, late) > 0
      return readings.addTimed(name, value, time, late) !== null
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      reject(topic, error.fault, error.message, at)
      return false
    }
  }

  /** The reading in the unit of its topic's owner, whose info may have arrived after it; null if it cannot be converted. */
  function inUnit(message: Reading): Reading | null {
    const { topic, quantity, at, trace } = message
    try {
      const value = readAgain(message, quantity, presence.unitOf(topic))
      if (value === message.value) return message
      const converted = { ...message, value }
      showReading(liveState, converted, presence.seriesName(message).device)
      return converted
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      reject(topic, error.fault, error.message, at)
      trace?.(`rejected: ${error.fault}`)
      return null
    }
  }

  function applyReading(given: Reading & { deferred?: true }): void {
    const message = inUnit(given)
    if (message === null) return
    const { value, time, at, late, aged, topic, trace } = message
    const name = presence.seriesName(message)
    const recorded = presence.isRecorded(topic)
    if (!recorded) {
      const added = addReading(message, name)
      if (added) storing += 1
      trace?.(added ? 'stored' : 'repeat')
    } else trace?.('recorded')
    if (late && !aged) return trace?.('late')
    const device = presence.sender(topic, message.room, null)
    if (device && presence.isProof(topic, device)) presence.markSeen(device, at)
    if (aged) {
      trace?.('late')
      return judge.forBatch(name, Math.max(device?.usual ?? 0, shortestPause), at)(value, time ?? at, true)
    }
    // Anyone may publish a live reading. It raises an alert at once, and only the record ends it.
    const isJudged = judge.reading(name, value, at, { recorded, deferred: given.deferred, endsNothing: recorded })
    if (recorded) liveCheck.live(topic, value, at, !isJudged)
    trace?.(isJudged ? 'judged' : 'left')
  }

  /** One notification for each room, however many texts the broker had queued for it. */
  function applyLateText(room: string, text: string, at: number): void {
    const texts = lateTexts.get(room) ?? { first: at, count: 0 }
    texts.count += 1
    lateTexts.set(room, texts)
    notificationQueue.enqueue(`late-text/${room}/${texts.first}`, { kind: 'late-text', room, text, last: at, ...texts }, 'info', at)
  }

  function applyText({ room, text, at, late, trace }: Extract<Message, { kind: 'text' }>): void {
    const here = [...devices.all()].filter((device) => device.room === room)
    const ours = here.length > 0 && here.every((device) => device.info !== null)
    trace?.(ours ? 'ours' : 'judged')
    if (!late) return judge.text(room, text, at, { ours })
    // The record of a Hearthwatch sensor brings the readings behind its late alarm.
    if (ours)
      return notificationQueue.logOnCommit('info', 'late alarm text of a sensor with a record; its readings are judged instead', {
        room,
        text,
      })
    applyLateText(room, text, at)
  }

  function applyOneBatch({ device: id, batch, topic, at, trace }: Extract<Message, { kind: 'batch' }>): void {
    const device = devices.getOrMake(id, id, null)
    const { ack, stored } = applyBatch.apply(batch, device, topic, at)
    storing += stored
    answers.push({ device: idIn(topic), ack })
    presence.markSeen(device, at)
    if (trace) traceBatch(trace, batch, ack, stored)
  }

  return {
    apply(item: Item): void {
      switch (item.kind) {
        case 'batch':
          return applyOneBatch(item)
        case 'bad-batch': {
          const { kept } = records.progress(item.device, item.epoch)
          item.trace?.('answered: bad')
          answers.push({ device: idIn(item.topic), ack: { epoch: item.epoch, re: item.batch, seq: kept, now: item.at, err: 'bad' } })
          return
        }
        case 'reading':
          return applyReading(item)
        case 'status':
          item.trace?.(`status: ${item.status}`)
          return presence.status(item)
        case 'text':
          return applyText(item)
        case 'info':
          presence.info(item.device, item.info, item.retained, item.at)
          return item.trace?.(presence.refusalsOf(devices.getOrMake(item.device, item.device, null)).length > 0 ? 'refused' : 'claimed')
        case 'heartbeat': {
          if (!presence.isOwnHeartbeat(item.topic, item.device)) return item.trace?.('shared')
          item.trace?.('alive')
          const device = devices.getOrMake(item.device, item.device, null)
          Object.assign(device, { heartbeat: item.heartbeat, beats: true })
          return presence.markSeen(device, item.at)
        }
        case 'response': {
          item.trace?.('alive')
          control.answer(item.device, item.response, item.at)
          const device = devices.get(item.device)
          return device && !item.late ? presence.markSeen(device, item.at) : undefined
        }
        case 'flood':
          return judge.flood(item.device, item.at)
        case 'caught-up':
          lateTexts.clear()
          return item.statuses.forEach((status) => {
            presence.status({ ...status, at: item.at })
          })
        case 'tick':
          for (const device of judge.tick(item.at, item.link)) {
            devices.put(device)
            if (device.id !== null) presence.changed(device)
            notificationQueue.publishEvent({ type: 'status', data: { room: device.room, device: device.id, status: device.status } })
          }
      }
    },

    /** Number of readings stored since the start. */
    get stored() {
      return stored
    },

    /** After the commit. @returns the acknowledgements to publish */
    committed(): readonly Answer[] {
      stored += storing
      storing = 0
      return answers.splice(0)
    },

    /** After a rollback: resets memory to the state of the database. */
    rolledBack(): void {
      storing = 0
      answers = []
      lateTexts.clear()
      notificationQueue.forget()
      judge.rolledBack()
      presence.rolledBack()
    },
  }
}

/** The id of `device/{id}/…` as the device spells it: that is what it subscribes to. */
const idIn = (topic: string) => topic.split('/')[1] ?? ''

/** Traces the outcome of a batch. */
function traceBatch(trace: Trace, { from, rows }: Batch, { seq, err }: Ack, stored: number): void {
  if (err !== undefined) return trace(`answered: ${err}`)
  if (seq < from - 1) return trace(`answered: rewind ${seq}`)
  const values = rows.reduce((sum, row) => sum + Object.keys(row.values).length, 0)
  if (stored > 0) trace(`stored: ${stored}`)
  if (stored < values) trace(`repeat: ${values - stored}`)
  trace(`answered: ack ${seq}`)
}
