import { randomBytes } from 'node:crypto'
import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { maxBatchBytes, PayloadError, type Row, readAck, readStatus, topicOf, topics, writeBatch } from '@hearthwatch/protocol'
import { type Effect, type Input, newSender, type SenderRules, step, wakeAt } from '@hearthwatch/protocol/sender'
import type { Look } from './clock.ts'
import { isTrouble } from './file.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import type { OpenOutbox } from './open.ts'

/** Bytes of a batch's JSON beside its rows, at most. */
const headBytes = 512
const longestTimer = 0x7fffffff
/** How often it is looked whether the outbox should lie elsewhere. ms */
const renewEvery = 5000

/** The record: what was measured goes from the outbox to the monitor, until that has it. */
export interface DeviceRecord extends Pick<Keeper, 'moment' | 'dropped'> {
  readonly epoch: string
  /** Rows that the monitor has not acknowledged. */
  readonly waiting: number
  keep(moment: ReturnType<Keeper['moment']>, values: Readonly<Record<string, number>>): void
  /** What to subscribe to on each connection, before anything is sent. */
  readonly filters: Record<string, 1>
  connected(): void
  lost(): void
  hear(packet: Packet): void
  close(): void
}

export interface RecordOptions {
  id: string
  outbox: OpenOutbox
  rules: SenderRules
  /** Resolves when the broker has it; NotConnected where the connection broke before, another error where it cannot be sent. */
  publish(topic: string, payload: Buffer, options: { qos: 0 | 1 | 2; retain: boolean }): Promise<void>
  look(): Look
  /** ms, of a clock that is never put back */
  steady(): number
  /** The outbox has a new epoch. */
  onEpoch(): void
  /** After each commit. */
  onKept?: ((row: Row) => void) | undefined
  log: Log
}

export function createRecord({ id, rules, publish, look, steady, onEpoch, onKept, log, outbox: opened }: RecordOptions): DeviceRecord {
  const ackTopic = topicOf('ack', { id })
  const monitorTopic = topicOf('monitorStatus', {})
  const readingsTopic = topicOf('readings', { id })
  const prefix = randomBytes(4).toString('hex')
  let { outbox } = opened
  const keeper = createKeeper(() => outbox, look, kept, log)
  let sender = newSender(rules, prefix, outbox)
  let timer: NodeJS.Timeout | undefined
  let closed = false
  const renewing = setInterval(renew, renewEvery)

  function kept(rows: readonly Row[]): void {
    for (const row of rows) onKept?.(row)
    if (rows.length > 0) feed({ type: 'kept', last: outbox.last })
  }

  function feed(input: Input): void {
    if (closed) return
    const [after, effects] = step(sender, input, steady())
    sender = after
    for (const effect of effects) perform(effect)
    clearTimeout(timer)
    const wake = wakeAt(sender) - steady()
    if (wake < Number.POSITIVE_INFINITY)
      timer = setTimeout(() => feed({ type: 'time' }), Math.min(longestTimer, Math.max(0, Math.ceil(wake))))
  }

  function perform(effect: Effect): void {
    try {
      if (effect.type === 'send') send(effect)
      else if (effect.type === 'move') outbox.moveCursor(effect.cursor)
      else if (effect.type === 'fork') fork()
      else quarantine(effect.seq)
    } catch (error) {
      // The disk. What was not done is asked for again by the answer to the next batch.
      if (!isTrouble(error)) throw error
      log.debug('the outbox is in trouble', { error })
      if (effect.type === 'send') feed({ type: 'failed', batch: effect.batch })
    }
  }

  function send({ batch, from, most }: Extract<Effect, { type: 'send' }>): void {
    const load = outbox.load(most, maxBatchBytes - headBytes)
    const to = load?.rows.at(-1)?.seq
    if (load === null || to === undefined) return feed({ type: 'nothing', last: outbox.last })
    const { rows, trusted, oldest } = load
    feed({ type: 'sent', batch, to, rows: rows.length, chance: Math.random() })
    const payload = writeBatch({ device: id, epoch: outbox.epoch, batch, from, to, now: keeper.now(), rows, oldest, trusted })
    // Nobody waits for the broker's word: the monitor's is the one that counts.
    publish(readingsTopic, payload, topics.readings).catch((error) => {
      log.debug('batch not sent', { batch, error })
      feed({ type: error instanceof RangeError ? 'unsendable' : 'failed', batch })
    })
  }

  function fork(): void {
    const before = outbox.epoch
    outbox.fork()
    log.warn('the monitor knows other readings under these numbers (was the card copied?): a new epoch', { before, epoch: outbox.epoch })
    feed({ type: 'forked', epoch: outbox.epoch, last: outbox.last })
    onEpoch()
  }

  /** What memory has held is sent under a new epoch: who has it already knows it by its times and values. */
  function renew(): void {
    if (!opened.renew()) return
    const { epoch } = outbox
    outbox = opened.outbox
    feed({ type: 'moved', epoch: outbox.epoch, cursor: outbox.cursor, last: outbox.last })
    if (outbox.epoch !== epoch) onEpoch()
  }

  function quarantine(seq: number): void {
    log.warn('the monitor does not take a row: put away', { epoch: outbox.epoch, seq })
    outbox.quarantine(seq)
  }

  function hearAck(payload: Buffer): void {
    const ack = readAck(payload)
    if (ack.re !== sender.outstanding?.batch || ack.epoch !== sender.epoch) return log.debug('an answer to another batch', { re: ack.re })
    keeper.hearTime(ack.now)
    feed({ type: 'ack', ack })
  }

  return {
    get epoch() {
      return outbox.epoch
    },
    get waiting() {
      return outbox.waiting
    },
    get dropped() {
      return keeper.dropped
    },
    moment: keeper.moment,
    keep(moment, values) {
      // A probe may answer when nobody waits for it any more.
      if (!closed) keeper.keep(moment, values)
    },
    filters: { [ackTopic]: 1, [monitorTopic]: 1 },
    connected: () => feed({ type: 'connected' }),
    lost: () => feed({ type: 'lost' }),
    hear({ topic, payload, retain }) {
      // What a broker has kept says nothing about this moment.
      if (retain || (topic !== ackTopic && topic !== monitorTopic)) return
      try {
        if (topic === ackTopic) hearAck(payload)
        else if (readStatus(payload) === 'online') feed({ type: 'monitor' })
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error
        log.debug('not an answer', { topic, error })
      }
    },
    close() {
      if (closed) return
      closed = true
      clearTimeout(timer)
      clearInterval(renewing)
      keeper.close()
      opened.close()
    },
  }
}
