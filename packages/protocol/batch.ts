import { deflateSync, inflateSync } from 'node:zlib'
import { checkSize, type Fault, PayloadError } from './fault.ts'
import { readJson } from './json.ts'
import { isName } from './names.ts'
import { isQuantity } from './quantities.ts'

/** One row of the record: everything that was measured in one tick. */
export interface Row {
  /** Counts up within an epoch, from 1. */
  seq: number
  /** When it was taken: ms since the epoch (of time), UTC, by the device's clock. */
  time: number
  /** By key: a quantity, or `room/quantity` for another room than the device's own. */
  values: Readonly<Record<string, number>>
}

/**
 * A part of a device's record: "of `from` to `to` these rows are all that I still hold". A number missing among them is
 * thereby declared lost.
 */
export interface Batch {
  device: string
  /** Which record: 16 hex digits, made with the outbox. */
  epoch: string
  /** Its name, by which the answer calls it; never used twice. */
  batch: string
  from: number
  to: number
  /** The device's clock when it was sent, ms. */
  now: number
  /** In order of their numbers. */
  rows: Row[]
  /** The lowest number that the device still holds; left out by who does not say. */
  oldest?: number | undefined
  /** `false`: nothing vouches for the device's clock, the times are its best guess. */
  trusted: boolean
}

/** What the monitor says of a batch, after its commit. */
export interface Ack {
  epoch: string
  /** The batch that this answers. */
  re: string
  /** Every number up to this one is stored, refused or known to be lost. */
  seq: number
  /** The monitor's clock, ms. */
  now: number
  /** `fork`: these numbers were used for other readings before. `bad`: this batch breaks the agreement. */
  err?: 'fork' | 'bad' | undefined
}

/** Rows of one batch at most, and bytes of its JSON. */
export const maxRows = 500
export const maxBatchBytes = 49_152
/** Bytes that a compressed payload may unpack to: what a broker lets through uncompressed. */
const maxUnpacked = 262_144
const maxKeys = 64
/** Twenty readings a second for 1,700 years: above it a number is nonsense, and so many "lost" ones could not even be counted. */
const lastNumber = 2 ** 40
/** First byte of a zlib stream with the usual window (RFC 1950): JSON never begins with it. */
const zlib = 0x78
/** Rows are alike but for a few digits: looking longer than usual saves 7 to 9 % here; longer still saves no more. */
const level = 7

/** Wrong, but it says which batch it is: the sender can be told, and is not stuck with it for ever. */
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

/** The payload of a batch: JSON, through zlib where that makes it smaller. */
export function writeBatch({ trusted, rows, ...head }: Batch): Buffer {
  const wire = { v: 1, ...head, ...(trusted ? {} : { tq: 0 }), rows: rows.map(({ seq, time, values }) => [seq, time, values]) }
  const plain = Buffer.from(JSON.stringify(wire))
  const packed = deflateSync(plain, { level })
  return packed.length < plain.length ? packed : plain
}

/**
 * Reads a batch and checks its form. Values are not looked at: one that cannot be used is no reason to refuse the
 * others; `placeOf` and `checkValue` tell.
 * @param device whose topic it came on
 * @throws BadBatch where it is wrong but says which one it is, PayloadError where it does not
 */
export function readBatch(payload: Buffer, device: string): Batch {
  const object = readJson(unpack(payload))
  const { epoch, batch } = object
  if (typeof epoch !== 'string' || !/^[0-9a-f]{16}$/.test(epoch)) throw new PayloadError('bad-batch', 'no epoch')
  if (typeof batch !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(batch)) throw new PayloadError('bad-batch', 'no batch')
  const bad = (message: string) => new BadBatch(epoch, batch, message)
  if (object.v !== 1) throw bad('another version than 1')
  if (object.device !== device) throw bad('another device’s')
  const { from, to, now, oldest, tq, rows } = object
  if (!isNumber(from) || !isNumber(to) || from > to) throw bad('from and to are no span of numbers')
  if (oldest !== undefined && !isNumber(oldest)) throw bad('oldest is no number')
  if (!Number.isSafeInteger(now) || (now as number) < 0) throw bad('now is no time')
  if (!Array.isArray(rows) || rows.length > maxRows) throw bad(`rows are no list of at most ${maxRows}`)
  let last = from - 1
  const checked = rows.map((row: unknown): Row => {
    const [seq, time, values] = Array.isArray(row) ? row : []
    if (!isNumber(seq) || seq <= last || seq > to) throw bad('rows are not in order within from and to')
    if (!Number.isSafeInteger(time)) throw bad(`the time of row ${seq} is none`)
    if (typeof values !== 'object' || values === null || Array.isArray(values)) throw bad(`the values of row ${seq} are none`)
    if (Object.keys(values).length > maxKeys) throw bad(`row ${seq} has more than ${maxKeys} values`)
    last = seq
    return { seq, time, values }
  })
  return { device, epoch, batch, from, to, now: now as number, rows: checked, oldest: oldest as number | undefined, trusted: tq !== 0 }
}

export function writeAck({ epoch, re, seq, now, err }: Ack): string {
  return JSON.stringify({ v: 1, epoch, re, seq, now, ...(err ? { err } : {}) })
}

/** @throws PayloadError where it is none. */
export function readAck(payload: Buffer): Ack {
  const { epoch, re, seq, now, err } = readJson(payload)
  const known = err === undefined || err === 'fork' || err === 'bad'
  if (typeof epoch !== 'string' || typeof re !== 'string' || !known) throw new PayloadError('bad-json', 'not an acknowledgement')
  if (!Number.isSafeInteger(seq) || (seq as number) < 0 || !Number.isSafeInteger(now))
    throw new PayloadError('bad-json', 'seq or now is none')
  return { epoch, re, seq: seq as number, now: now as number, err }
}

/**
 * Where a value of the record belongs: `temperature` in the device's own room, `fridge/temperature` in another one.
 * @returns null for what is no key
 */
export function placeOf(key: string, ownRoom: string): { room: string; quantity: string } | null {
  const slash = key.indexOf('/')
  const room = slash < 0 ? ownRoom : key.slice(0, slash)
  const quantity = key.slice(slash + 1)
  return isName(room) && isQuantity(quantity) ? { room, quantity } : null
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= lastNumber
}

function unpack(payload: Buffer): Buffer {
  checkSize(payload)
  if (payload[0] !== zlib) return payload
  try {
    return inflateSync(payload, { maxOutputLength: maxUnpacked })
  } catch {
    throw new PayloadError('bad-zlib', `not zlib, or more than ${maxUnpacked} bytes of it`)
  }
}
