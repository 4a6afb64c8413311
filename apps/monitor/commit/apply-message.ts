import type { Ack, Batch } from '@hearthwatch/protocol'
import type { Checked } from '../intake/intake.ts'
import type { Message } from '../intake/message.ts'
import type { Answer } from '../intake/mqtt-session.ts'
import type { Trace } from '../intake/packet-trace.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Store } from '../store/store.ts'
import type { ApplyBatch } from './apply-batch.ts'
import { type ApplyReadingOptions, createApplyReading } from './apply-reading.ts'
import type { Tick } from './ticker.ts'

/** An input of one transaction. */
export type Item = Checked | Tick

export interface ApplyOptions extends ApplyReadingOptions {
  store: Store
  notificationQueue: NotificationQueue
  applyBatch: ApplyBatch
}

/** Applies messages to the database and the alerts, inside the transaction and in the order of arrival. */
export function createApplyMessage(options: ApplyOptions) {
  const {
    store: { devices, records, control, announcements },
    judge,
    presence,
    notificationQueue,
    applyBatch,
  } = options
  const applyReading = createApplyReading(options)
  const lateTexts = new Map<string, { first: number; count: number }>()
  let stored = 0
  /** Readings of the current transaction; counted after its commit. */
  let storing = 0
  /** Acknowledgements to publish after the commit. */
  let answers: Answer[] = []
  /** Devices that have published their info afresh. */
  let introduced: string[] = []

  /** One notification for each room, however many texts the broker had queued for it. */
  function applyLateText(room: string, text: string, at: number): void {
    const texts = lateTexts.get(room) ?? { first: at, count: 0 }
    texts.count += 1
    lateTexts.set(room, texts)
    notificationQueue.enqueue(`late-text/${room}/${texts.first}`, { kind: 'late-text', room, text, last: at, ...texts }, 'info', at)
  }

  function applyText({ room, text, at, late, trace }: Extract<Message, { kind: 'text' }>): void {
    const here = devices.inRoom(room)
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
    const device = devices.get(id)
    // Without its info, rows would be filed under a room named like the device. It introduces itself, and sends the batch again.
    if (!device?.info) {
      options.reject(topic, 'not-introduced', 'the device has not published its info yet; the batch is not answered', at)
      trace?.('rejected: not-introduced')
      return device && presence.markSeen(device, at)
    }
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
          if (applyReading(item)) storing += 1
          return
        case 'status':
          item.trace?.(`status: ${item.status}`)
          return presence.status(item)
        case 'text':
          return applyText(item)
        case 'info':
          presence.info(item.device, item.info, item.retained, item.at)
          if (!item.retained) introduced.push(item.device)
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
        case 'described':
          return presence.describe(item.device, item.described, item.room)
        case 'foreign':
          item.trace?.(`status: ${item.news}`)
          return presence.foreign(item)
        case 'announcement':
          return item.isOver ? announcements.remove(item.topic) : announcements.put(item.topic, item.payload)
        case 'flood':
          return judge.flood(item.device, item.at)
        case 'caught-up':
          lateTexts.clear()
          // The status of an unknown device may be that of a sensor whose info is on its way: not every broker has retained it.
          return item.statuses.filter(presence.isKnownStatus).forEach((status) => {
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

    /** After the commit. @returns the acknowledgements to publish, and the devices that have introduced themselves */
    committed(): { answers: readonly Answer[]; introduced: readonly string[] } {
      stored += storing
      storing = 0
      return { answers: answers.splice(0), introduced: introduced.splice(0) }
    },

    /** After a rollback: resets memory to the state of the database. */
    rolledBack(): void {
      storing = 0
      answers = []
      introduced = []
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
