import type { Ack, Batch } from '@hearthwatch/protocol'
import type { Judge } from '../alerts/judge.ts'
import type { Presence } from '../devices/presence.ts'
import type { Held } from '../intake/new-topics.ts'
import type { Note } from '../intake/packet-trace.ts'
import type { Message, Reading } from '../intake/parse.ts'
import type { NotificationQueue } from '../notify/enqueue.ts'
import type { Hearing } from '../rules/broker-machine.ts'
import type { Device } from '../store/devices.ts'
import type { Store } from '../store/store.ts'
import type { ApplyBatch } from './apply-batch.ts'

/** Something to keep: a message, the passing of time, or the end of what had waited at the broker. */
export type Item =
  | Message
  | Held
  | { kind: 'tick'; at: number; hearing: Hearing }
  | { kind: 'caught-up'; statuses: Extract<Message, { kind: 'status' }>[]; at: number }

export interface KeepOptions {
  store: Store
  judge: Judge
  presence: Presence
  notificationQueue: NotificationQueue
  record: ApplyBatch
}

/** What a device is told of its record. */
export interface Answer {
  device: string
  ack: Ack
}

/** What one message changes in the database. Called inside the transaction, in the order of arrival. */
export function createApplyMessage({
  store: { readings, devices, records, orders },
  judge,
  presence,
  notificationQueue,
  record,
}: KeepOptions) {
  const lateTexts = new Map<string, { first: number; count: number }>()
  let stored = 0
  /** What the current transaction stored; counted when it is through. */
  let storing = 0
  /** Answers to batches, for after the commit. */
  let answers: Answer[] = []

  function keepReading(message: Reading & { held?: true }): void {
    const { value, time, at, late, topic, note } = message
    const name = presence.seriesName(message)
    const recorded = presence.isRecorded(topic)
    if (!recorded) {
      const kept = time === null ? readings.addPlain(name, value, at, late) : readings.addTimed(name, value, time, late)
      if (kept !== null) storing += 1
      note?.(kept === null ? 'repeat' : 'stored')
    } else note?.('recorded')
    if (late) return note?.('late')
    const device = presence.sender(topic, message.room, null)
    if (device) presence.alive(device, at)
    // Where several claim the topic only the record tells which one it was.
    if (recorded && !device) return
    judge.reading(name, value, at, { recorded, held: message.held })
    note?.('judged')
  }

  /** What was said while we were away is told once for each room, when all of it has been heard. */
  function keepLateText(room: string, text: string, at: number): void {
    const said = lateTexts.get(room) ?? { first: at, count: 0 }
    said.count += 1
    lateTexts.set(room, said)
    notificationQueue.everyone(`late-text/${room}/${said.first}`, { kind: 'late-text', room, text, last: at, ...said }, 'info', at)
  }

  function keepText({ room, text, at, late, note }: Extract<Message, { kind: 'text' }>): void {
    const here = [...devices.all()].filter((device) => device.room === room)
    const ours = here.length > 0 && here.every((device) => device.info !== null)
    note?.(ours ? 'ours' : 'judged')
    if (!late) return judge.text(room, text, at, { ours })
    // What the alarm of one of ours was about, its record tells.
    if (ours) return notificationQueue.note('info', 'a sensor of ours had said', { room, text })
    keepLateText(room, text, at)
  }

  function keepBatch({ device: id, batch, topic, at, note }: Extract<Message, { kind: 'batch' }>): void {
    const device = devices.getOrMake(id, id, null)
    const { ack, stored } = record.keep(batch, device, topic, at)
    storing += stored
    answers.push({ device: id, ack })
    presence.alive(device, at)
    if (note) noteBatch(note, batch, ack, stored)
  }

  const isThere = (device: Device | null | undefined) => device?.status === 'online' && device.seen !== null && !judge.isMissed(device.key)

  return {
    keep(item: Item): void {
      switch (item.kind) {
        case 'batch':
          return keepBatch(item)
        case 'bad-batch': {
          const { kept } = records.progress(item.device, item.epoch)
          item.note?.('answered: bad')
          answers.push({ device: item.device, ack: { epoch: item.epoch, re: item.batch, seq: kept, now: item.at, err: 'bad' } })
          return
        }
        case 'reading':
          return keepReading(item)
        case 'status':
          item.note?.(`status: ${item.status}`)
          return presence.status(item)
        case 'text':
          return keepText(item)
        case 'info':
          item.note?.('claimed')
          return presence.info(item.device, item.info, item.retained, item.at)
        case 'heartbeat': {
          item.note?.('alive')
          const device = devices.getOrMake(item.device, item.device, null)
          Object.assign(device, { heartbeat: item.heartbeat, beats: true })
          return presence.alive(device, item.at)
        }
        case 'response': {
          item.note?.('alive')
          orders.answer(item.device, item.response, item.at)
          const device = devices.get(item.device)
          return device && !item.late ? presence.alive(device, item.at) : undefined
        }
        case 'caught-up':
          lateTexts.clear()
          return item.statuses.forEach((status) => {
            presence.status({ ...status, at: item.at })
          })
        case 'tick':
          for (const device of judge.tick(item.at, item.hearing)) {
            devices.put(device)
            notificationQueue.announce({ type: 'status', data: { room: device.room, device: device.id, status: device.status } })
          }
      }
    },

    /** Whether the commit of this message should not wait for others. */
    isUrgent(item: Item): boolean {
      if (item.kind === 'heartbeat') return judge.isMissed(item.device)
      if (item.kind === 'batch')
        return judge.isMissed(item.device) || record.isUrgent(item.batch, devices.getOrMake(item.device, item.device, null), item.at)
      if (item.kind !== 'reading') return item.kind !== 'info'
      if (item.late) return false
      const name = presence.seriesName(item)
      return judge.isMissed(name.device ?? `/${item.room}`) || judge.isStep(name, item.value, item.at)
    },

    /**
     * Whether this message makes no row and changes no alert, but only tells once more that somebody is there whom we know
     * to be: then it is kept in memory at once, outside of a transaction, and written with the next one.
     */
    isCalm(item: Item): boolean {
      if (item.kind === 'heartbeat') return isThere(devices.get(item.device)) && devices.get(item.device)?.beats === true
      if (item.kind !== 'reading' || item.late || 'held' in item || !presence.isRecorded(item.topic)) return false
      return isThere(presence.sender(item.topic, item.room, null)) && judge.isCalm(presence.seriesName(item), item.value)
    },

    /** Whether nobody has claimed this reading's topic and none of its readings was ever stored. */
    isNew: (reading: Reading) => presence.isFree(reading.topic) && !readings.isKnown({ ...reading, device: null }),

    /** How many readings have been stored. */
    get stored() {
      return stored
    },

    /** The transaction is through. @returns the answers that may be given now */
    committed(): readonly Answer[] {
      stored += storing
      storing = 0
      return answers.splice(0)
    },

    /** After a rollback: back to what is in the database. */
    forget(): void {
      storing = 0
      answers = []
      lateTexts.clear()
      notificationQueue.forget()
      judge.forget()
      presence.reclaim()
    },
  }
}

/** What became of a batch, for who looks at the wire. */
function noteBatch(note: Note, { from, rows }: Batch, { seq, err }: Ack, stored: number): void {
  if (err !== undefined) return note(`answered: ${err}`)
  if (seq < from - 1) return note(`answered: rewind ${seq}`)
  const values = rows.reduce((sum, row) => sum + Object.keys(row.values).length, 0)
  if (stored > 0) note(`stored: ${stored}`)
  if (stored < values) note(`repeat: ${values - stored}`)
  note(`answered: ack ${seq}`)
}
