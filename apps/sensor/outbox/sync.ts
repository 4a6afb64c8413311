import { randomBytes } from 'node:crypto'
import type { Log } from '@hearthwatch/log'
import type { Link, Packet } from '@hearthwatch/mqtt'
import { maxBatchBytes, PayloadError, readAck, readStatus, topicOf, topics, writeBatch } from '@hearthwatch/protocol'
import { second } from '@hearthwatch/protocol/durations'
import { type Effect, type Input, newSender, step, wakeAt } from '@hearthwatch/protocol/sender'
import type { SensorConfig } from '../config.ts'
import type { DeviceClock } from './device-clock.ts'
import { isDiskError } from './file.ts'
import type { OpenOutbox } from './open.ts'

/** Bytes reserved for a batch's JSON beside its rows. */
const headBytes = 512
/** The longest delay that setTimeout accepts, ms. */
const longestTimer = 0x7fffffff
/** ms between two checks of the outbox's file */
const renewEvery = 5000

/** Sends the outbox's rows in batches and moves its cursor by the monitor's acknowledgements. */
export type OutboxSync = ReturnType<typeof startSync>

export interface SyncOptions {
  config: Pick<SensorConfig, 'SENSOR_ID' | 'BATCH_SIZE' | 'BATCH_INTERVAL'>
  opened: OpenOutbox
  clock: Pick<DeviceClock, 'now' | 'applyMonitorTime'>
  publish: Link['publish']
  /** Publishes the info again: the monitor answers no batch of a device that it does not know. Resolves when the broker has it. */
  introduce(): Promise<void>
  /** ms, of a clock that is never set back */
  steady(): number
  /** Called when the outbox has a new epoch. */
  onEpoch(): void
  log: Log
}

export function startSync({ config, opened, clock, publish, introduce, steady, onEpoch, log }: SyncOptions) {
  const { SENSOR_ID: id, BATCH_SIZE: batchSize, BATCH_INTERVAL } = config
  const ackTopic = topicOf('ack', { id })
  const monitorTopic = topicOf('monitorStatus', {})
  const readingsTopic = topicOf('readings', { id })
  let sender = newSender({ batchSize, batchInterval: BATCH_INTERVAL * second }, randomBytes(4).toString('hex'), opened.outbox)
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const renewing = setInterval(renew, renewEvery)

  function feed(input: Input): void {
    if (closed) return
    const [after, effects] = step(sender, input, steady())
    sender = after
    for (const effect of effects) perform(effect)
    clearTimeout(timer)
    const wake = wakeAt(sender) - steady()
    if (wake < Number.POSITIVE_INFINITY) timer = setTimeout(onTime, Math.min(longestTimer, Math.max(0, Math.ceil(wake))))
  }

  function onTime(): void {
    const { outstanding } = sender
    // Without an answer: the monitor may have forgotten us.
    if (outstanding !== null && steady() >= outstanding.until) introduce().catch(notIntroduced)
    feed({ type: 'time' })
  }

  const notIntroduced = (error: unknown) => log.debug('info not sent', { error })

  /** A monitor that has just started may have a new database: the info goes before the batches. */
  async function onMonitorOnline(): Promise<void> {
    await introduce().catch(notIntroduced)
    feed({ type: 'monitor-online' })
  }

  function perform(effect: Effect): void {
    try {
      if (effect.type === 'send') send(effect)
      else if (effect.type === 'move') opened.outbox.moveCursor(effect.cursor)
      else if (effect.type === 'fork') fork()
      else quarantine(effect.seq)
    } catch (error) {
      // The acknowledgement of the next batch causes the same effect again.
      if (!isDiskError(error)) throw error
      log.debug('outbox cannot be read or written', { error })
      if (effect.type === 'send') feed({ type: 'failed', batch: effect.batch })
    }
  }

  function send({ batch, from, most }: Extract<Effect, { type: 'send' }>): void {
    const { outbox } = opened
    const next = outbox.nextBatch(most, maxBatchBytes - headBytes)
    const to = next?.rows.at(-1)?.seq
    if (next === null || to === undefined) return feed({ type: 'nothing', last: outbox.last })
    const { rows, trusted, oldest } = next
    feed({ type: 'sent', batch, to, rows: rows.length, chance: Math.random() })
    const payload = writeBatch({ device: id, epoch: outbox.epoch, batch, from, to, now: clock.now(), rows, oldest, trusted })
    // Only the monitor's acknowledgement moves the cursor, not the broker's.
    publish(readingsTopic, payload, topics.readings).catch((error) => {
      log.debug('batch not sent', { batch, error })
      feed({ type: error instanceof RangeError ? 'unsendable' : 'failed', batch })
    })
  }

  function fork(): void {
    const { outbox } = opened
    const before = outbox.epoch
    outbox.fork()
    log.warn('monitor has other readings under these numbers (was the SD card copied?); sending all rows again in a new epoch', {
      before,
      epoch: outbox.epoch,
    })
    feed({ type: 'forked', epoch: outbox.epoch, last: outbox.last })
    onEpoch()
  }

  /** An outbox that moves from memory to disk gets a new epoch; the monitor recognises rows it already has by time and value. */
  function renew(): void {
    const before = opened.outbox.epoch
    if (!opened.renew()) return
    const { epoch, cursor, last } = opened.outbox
    feed({ type: 'replaced', epoch, cursor, last })
    if (epoch !== before) onEpoch()
  }

  function quarantine(seq: number): void {
    log.warn('monitor refuses a row; moving it to quarantine', { epoch: opened.outbox.epoch, seq })
    opened.outbox.quarantine(seq)
  }

  function onAck(payload: Buffer): void {
    const ack = readAck(payload)
    if (ack.epoch !== sender.epoch) return log.debug('acknowledgement of another epoch ignored', { re: ack.re })
    if (ack.re === sender.outstanding?.batch) clock.applyMonitorTime(ack.now)
    feed({ type: 'ack', ack })
  }

  return {
    /** Filters to subscribe to on each connection, before anything is sent. */
    filters: { [ackTopic]: 1, [monitorTopic]: 1 } as Record<string, 1>,
    /** Call this when rows were appended that may be sent. */
    appended: () => feed({ type: 'appended', last: opened.outbox.last }),
    /** Sends the rows so far now. */
    sendNow: () => feed({ type: 'urgent' }),
    connected: () => feed({ type: 'connected' }),
    disconnected: () => feed({ type: 'disconnected' }),
    onMessage({ topic, payload, retain }: Packet): void {
      // A retained message is not about this moment.
      if (retain || (topic !== ackTopic && topic !== monitorTopic)) return
      try {
        if (topic === ackTopic) onAck(payload)
        else if (readStatus(payload) === 'online') void onMonitorOnline()
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
        log.debug('invalid message ignored', { topic, error })
      }
    },
    close(): void {
      closed = true
      clearTimeout(timer)
      clearInterval(renewing)
    },
  }
}
