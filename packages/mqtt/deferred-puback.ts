import type { Writable } from 'node:stream'

/** What mqtt.js calls when a message is handled; with an error it sends no PUBACK and goes on to the next message. */
export type Done = (error?: Error) => void

/** Made once: a stack trace for each message would cost more than the message. */
export const noPuback = new Error('deferred')

/**
 * Acknowledges messages of QoS 1 long after they were handled, without stopping the stream behind them.
 *
 * mqtt.js handles one packet at a time and sends the PUBACK when the message's callback is called. Here the callback
 * is called at once with an error, which mqtt.js takes as "no PUBACK, next packet", and the PUBACK is written to the
 * stream when the promise for the message has resolved. All that become due at the same time go out as one write.
 *
 * One of these belongs to one connection: a PUBACK on a later one would acknowledge another message of the same id.
 */
export class DeferredPubacks {
  /** Messages that wait for their promise. */
  waiting = 0
  readonly #stream: () => Writable
  readonly #limit: number
  readonly #onRejected: (error: unknown) => void
  readonly #onIdle: () => void
  readonly #groups = new Map<Promise<void>, number[]>()
  #latest: Promise<void> | undefined
  #latestIds: number[] = []
  #due: number[] = []
  #held: Done | undefined
  #over = false

  /**
   * @param limit so many may wait before the next message is held back
   * @param onRejected a promise was rejected: its messages must not be acknowledged on this connection any more
   * @param onIdle nothing waits any more
   */
  constructor(stream: () => Writable, limit: number, onRejected: (error: unknown) => void, onIdle: () => void) {
    this.#stream = stream
    this.#limit = limit
    this.#onRejected = onRejected
    this.#onIdle = onIdle
  }

  /** Whether the next message is held back until fewer wait. */
  get holding(): boolean {
    return this.#held !== undefined
  }

  /** The message with this id is acknowledged when the promise resolves; a promise shared by many costs one `then`. */
  add(id: number, promise: Promise<void>, done: Done): void {
    this.watch(promise)
    this.#latestIds.push(id)
    this.waiting += 1
    if (this.waiting < this.#limit) done(noPuback)
    else this.#held = done
  }

  /** For a message that needs no PUBACK: tells a rejection all the same. */
  watch(promise: Promise<void>): void {
    if (promise !== this.#latest) this.#select(promise)
  }

  /** The connection is gone: nothing that waits is acknowledged any more. */
  stop(): void {
    this.#over = true
    this.waiting = 0
    this.#groups.clear()
    this.#due = []
    this.#held = undefined
  }

  #select(promise: Promise<void>): void {
    let ids = this.#groups.get(promise)
    if (ids === undefined) {
      ids = []
      this.#groups.set(promise, ids)
      promise.then(
        () => this.#resolved(promise),
        (error) => this.#rejected(error),
      )
    }
    this.#latest = promise
    this.#latestIds = ids
  }

  #resolved(promise: Promise<void>): void {
    if (this.#over) return
    const ids = this.#groups.get(promise) ?? []
    this.#groups.delete(promise)
    if (this.#latest === promise) this.#latest = undefined
    if (ids.length === 0) return
    // The ticks run after all promises that resolve at this moment: they share the write.
    if (this.#due.length === 0) process.nextTick(() => this.#write())
    this.#due = this.#due.length === 0 ? ids : this.#due.concat(ids)
  }

  #rejected(error: unknown): void {
    if (!this.#over) this.#onRejected(error)
  }

  #write(): void {
    if (this.#over) return
    const ids = this.#due
    this.#due = []
    this.waiting -= ids.length
    this.#stream().write(pubacks(ids))
    if (this.waiting === 0) this.#onIdle()
    const held = this.#held
    if (held === undefined || this.waiting >= this.#limit) return
    this.#held = undefined
    held(noPuback)
  }
}

/** PUBACK packets as they go over the wire: type 4, two bytes to follow, the packet identifier (MQTT 3.1.1, section 3.4). */
function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * 4)
  let at = 0
  for (const id of ids) {
    bytes[at] = 0x40
    bytes[at + 1] = 0x02
    bytes[at + 2] = id >> 8
    bytes[at + 3] = id & 0xff
    at += 4
  }
  return bytes
}
