import { second } from '@hearthwatch/protocol/durations'

/** Messages that one connection may send: mqtt.js sends at once, and a broker of MQTT 5 closes the connection above its limit. */
export interface OutgoingLimits {
  /** Messages of QoS 1 and 2 without an acknowledgement at one time. */
  window: number
  /** Messages a second, of any QoS; after a pause a quarter of them goes at once. */
  rate: number
}

/**
 * Sends each message when the limits allow it. Messages that wait are sent in order. With a limit of the rate no message overtakes
 * another one; otherwise QoS 0 never waits.
 */
export class OutgoingWindow {
  /** Set when the broker has accepted the connection. */
  limits: OutgoingLimits
  readonly #waiting: { isCounted: boolean; send: () => void }[] = []
  #unacknowledged = 0
  /** Messages that may go at once, and the time at which this was true. */
  #allowance: number
  #at = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(limits: OutgoingLimits) {
    this.limits = limits
    this.#allowance = burstOf(limits.rate)
  }

  /** @param isCounted the broker acknowledges it: `acknowledged` must be called later */
  add(isCounted: boolean, send: () => void): void {
    if (!isCounted && this.limits.rate === Number.POSITIVE_INFINITY) return send()
    this.#waiting.push({ isCounted, send })
    this.#sendDue()
  }

  acknowledged(): void {
    this.#unacknowledged -= 1
    this.#sendDue()
  }

  /** Drops the messages that wait. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #sendDue(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.isCounted && this.#unacknowledged >= this.limits.window) return
      if (!this.#takeAllowance()) return
      this.#waiting.shift()
      if (next.isCounted) this.#unacknowledged += 1
      next.send()
    }
  }

  /** @returns false: the rate is used up, and a timer goes on */
  #takeAllowance(): boolean {
    const { rate } = this.limits
    if (rate === Number.POSITIVE_INFINITY) return true
    const now = performance.now()
    this.#allowance = Math.min(burstOf(rate), this.#allowance + ((now - this.#at) / second) * rate)
    this.#at = now
    if (this.#allowance >= 1) {
      this.#allowance -= 1
      return true
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#sendDue(), Math.ceil(((1 - this.#allowance) / rate) * second))
    return false
  }
}

const burstOf = (rate: number) => Math.max(1, rate / 4)
