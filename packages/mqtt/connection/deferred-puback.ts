import type { Writable } from 'node:stream'

/** Callback of mqtt.js for a handled message. With an error, mqtt.js sends no PUBACK and continues with the next message. */
export type Done = (error?: Error) => void

/** A single instance: a stack trace for each message would cost more than the message. */
export const noPuback = new Error('deferred')

/**
 * Acknowledges messages of QoS 1 long after they were handled, without stopping the stream behind them.
 *
 * mqtt.js handles one packet at a time and sends the PUBACK when the message's callback is called. Here the callback
 * is called at once with an error, which mqtt.js takes as "no PUBACK, next packet". The PUBACK is written to the
 * stream when the promise for the message has resolved. All that become due at the same time are one write.
 *
 * An instance belongs to one connection: a PUBACK on a later one would acknowledge another message with the same id.
 */
export class DeferredPubacks {
  /** Number of messages whose promise is pending. */
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
   * @param limit number of pending messages from which the next message is held back
   * @param onRejected a promise was rejected: its messages must not be acknowledged on this connection any more
   * @param onIdle no message is pending any more
   */
  constructor(stream: () => Writable, limit: number, onRejected: (error: unknown) => void, onIdle: () => void) {
    this.#stream = stream
    this.#limit = limit
    this.#onRejected = onRejected
    this.#onIdle = onIdle
  }

  /** True while the next message is held back because the limit is reached. */
  get holding(): boolean {
    return this.#held !== undefined
  }

  /** Acknowledges the message with this id when the promise resolves. A promise shared by many messages costs one `then`. */
  add(id: number, promise: Promise<void>, done: Done): void {
    this.watch(promise)
    this.#latestIds.push(id)
    this.waiting += 1
    if (this.waiting < this.#limit) done(noPuback)
    else this.#held = done
  }

  /** Reports a rejection of a message that needs no PUBACK. */
  watch(promise: Promise<void>): void {
    if (promise !== this.#latest) this.#select(promise)
  }

  /** Drops all pending acknowledgements, because the connection has ended. */
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
    // The tick runs after all promises that resolve at this moment, so that they share one write.
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

/** Encodes PUBACK packets: type 4, remaining length 2, packet identifier (MQTT 3.1.1, section 3.4). */
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
