import { deflateSync } from 'node:zlib'
import { type Fault, PayloadError } from '../fault.ts'
import { readJson } from '../payloads/json.ts'
import { isName, spelled } from '../topics/names.ts'
import { isQuantity } from '../values/quantities.ts'
import { unpack } from './unpack.ts'

/** One row of the outbox: all readings of one tick. */
export interface Row {
  /** Counts up within an epoch, from 1. */
  seq: number
  /** ms since 1970, UTC, by the device's clock. */
  time: number
  /** By key: a quantity, or `room/quantity` for another room than the device's own. */
  values: Readonly<Record<string, number>>
}

/** Part of a device's outbox: all rows that it still has with numbers from `from` to `to`. A missing number is declared lost. */
export interface Batch {
  device: string
  /** Identifies the outbox: 16 hex digits. */
  epoch: string
  /** The batch's name, which the acknowledgement repeats; never used twice. */
  batch: string
  from: number
  to: number
  /** The device's clock when the batch was sent, ms. */
  now: number
  /** In ascending order of their numbers. */
  rows: Row[]
  /** The lowest number that the device still has; optional. */
  oldest?: number | undefined
  /** `false`: the device's clock is not confirmed, and the times are its best guess. */
  trusted: boolean
}

/** The monitor's acknowledgement of a batch, sent after its commit. */
export interface Ack {
  epoch: string
  /** The name of the batch. */
  re: string
  /** Every number up to this one is stored, refused or in a gap. */
  seq: number
  /** The monitor's clock, ms. */
  now: number
  /** `fork`: these numbers were used for other readings before. `bad`: the batch is invalid. */
  err?: 'fork' | 'bad' | undefined
  /** ms for which a busy monitor wants no other batch. */
  after?: number | undefined
}

/** Maximum number of rows of one batch, and of bytes of its JSON. */
export const maxRows = 500
export const maxBatchBytes = 49_152
const maxKeys = 64
/** The highest valid number: 20 rows a second for 1,700 years. */
const lastNumber = 2 ** 40
/** Compression level. Compared with the default 6 it saves 7 to 9 % of a batch; 8 and 9 save no more. */
const level = 7

/** An invalid batch with a name, so that it can be answered and the sender does not repeat it for ever. */
export class BadBatch extends PayloadError {
  override readonly name = 'BadBatch'
  readonly epoch: string
  readonly batch: string
  constructor(epoch: string, batch: string, message: string, fault: Fault = 'bad-batch') {
    super(fault, message)
    this.epoch = epoch
    this.batch = batch
  }
}

/** The payload of a batch: JSON, compressed with zlib if that is smaller. */
export function writeBatch({ trusted, rows, ...head }: Batch): Buffer {
  const wire = { v: 1, ...head, ...(trusted ? {} : { tq: 0 }), rows: rows.map(({ seq, time, values }) => [seq, time, values]) }
  const plain = Buffer.from(JSON.stringify(wire))
  const packed = deflateSync(plain, { level })
  return packed.length < plain.length ? packed : plain
}

/**
 * Reads a batch and checks its form, but not its values: an invalid value does not refuse the others. Check each with
 * `placeOf` and `checkValue`.
 * @param device from the topic
 * @throws BadBatch if it is invalid but has an epoch and a name, otherwise PayloadError
 */
export function readBatch(payload: Buffer, device: string): Batch {
  const object = readJson(unpack(payload))
  const { epoch, batch } = object
  if (typeof epoch !== 'string' || !/^[0-9a-f]{16}$/.test(epoch)) throw new PayloadError('bad-batch', 'no epoch')
  if (typeof batch !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(batch)) throw new PayloadError('bad-batch', 'no batch')
  const bad = (message: string) => new BadBatch(epoch, batch, message)
  if (object.v !== 1) throw bad('another version than 1')
  if (typeof object.device !== 'string' || spelled(object.device) !== device) throw bad('another device’s')
  const { from, to, now, tq, rows } = object
  const oldest = object.oldest ?? undefined
  if (!isNumber(from) || !isNumber(to) || from > to) throw bad('from and to are no span of numbers')
  if (oldest !== undefined && !isNumber(oldest)) throw bad('oldest is no number')
  if (!Number.isSafeInteger(now) || (now as number) < 0) throw bad('now is no time')
  if (!Array.isArray(rows) || rows.length > maxRows) throw bad(`rows are no list of at most ${maxRows}`)
  let last = from - 1
  const checked = rows.map((row: unknown): Row => {
    const [seq, time, values] = Array.isArray(row) ? row : []
    if (!isNumber(seq) || seq <= last || seq > to) throw bad('rows are not in order within from and to')
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw bad(`the values of row ${seq} are none`)
    if (Object.keys(values).length > maxKeys) throw bad(`row ${seq} has more than ${maxKeys} values`)
    last = seq
    // A wrong time costs its row alone: its values are refused with it.
    return { seq, time: Number.isSafeInteger(time) ? time : Number.NaN, values }
  })
  return { device, epoch, batch, from, to, now: now as number, rows: checked, oldest: oldest as number | undefined, trusted: tq !== 0 }
}

export function writeAck({ epoch, re, seq, now, err, after }: Ack): string {
  return JSON.stringify({ v: 1, epoch, re, seq, now, ...(err ? { err } : {}), ...(after ? { after } : {}) })
}

/** @throws PayloadError if it is not an acknowledgement */
export function readAck(payload: Buffer): Ack {
  const { epoch, re, seq, now, err, after } = readJson(payload)
  const known = (err ?? undefined) === undefined || err === 'fork' || err === 'bad'
  if (typeof epoch !== 'string' || typeof re !== 'string' || !known) throw new PayloadError('bad-json', 'not an acknowledgement')
  if (!Number.isSafeInteger(seq) || (seq as number) < 0 || !Number.isSafeInteger(now))
    throw new PayloadError('bad-json', 'seq or now is none')
  // A pause that is none is no reason to lose the answer.
  const pause = Number.isSafeInteger(after) && (after as number) > 0 ? { after: after as number } : {}
  return { epoch, re, seq: seq as number, now: now as number, err: (err ?? undefined) as Ack['err'], ...pause }
}

/**
 * The room and quantity of a row's key: `temperature` in the device's own room, `fridge/temperature` in another one.
 * @returns null for an invalid key
 */
export function placeOf(key: string, ownRoom: string): { room: string; quantity: string } | null {
  const slash = key.indexOf('/')
  const room = slash < 0 ? ownRoom : spelled(key.slice(0, slash))
  const quantity = key.slice(slash + 1)
  return isName(room) && isQuantity(quantity) ? { room, quantity } : null
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= lastNumber
}
