/** The bytes of a block are not valid. */
export class DamagedBlock extends Error {
  override name = 'DamagedBlock'
}

/** Writes the numbers of a block. */
export class Writer {
  readonly #bytes: Buffer
  #at = 0

  /** @param capacity in bytes */
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  /** A whole number from 0 to 2⁵³, seven bits a byte, the lowest first; the last byte has no high bit. */
  whole(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#at++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#at++] = rest
  }

  /** 0, -1, 1, -2 … as 0, 1, 2, 3 … */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** All first bytes, then all second ones and so on, because bytes of neighbours are similar. */
  doubles(values: Float64Array): void {
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
    for (let byte = 0; byte < 8; byte += 1) for (let i = byte; i < bytes.length; i += 8) this.#bytes[this.#at++] = bytes[i] ?? 0
  }

  taken(): Buffer {
    return this.#bytes.subarray(0, this.#at)
  }
}

/** Reads the numbers of a block. @throws DamagedBlock if they end too early or are not valid */
export class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  whole(): number {
    let value = 0
    for (let weight = 1; weight < Number.MAX_SAFE_INTEGER; weight *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new DamagedBlock('it ends too early')
      value += (byte % 128) * weight
      if (byte < 128) return value
    }
    throw new DamagedBlock('a number without an end')
  }

  signed(): number {
    const value = this.whole()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  doubles(count: number): Float64Array {
    if (this.#bytes.length - this.#at < count * 8) throw new DamagedBlock('it ends too early')
    const values = new Float64Array(count)
    const bytes = Buffer.from(values.buffer)
    for (let byte = 0; byte < 8; byte += 1) for (let i = byte; i < bytes.length; i += 8) bytes[i] = this.#bytes[this.#at++] ?? 0
    if (!values.every(Number.isFinite)) throw new DamagedBlock('values that are no numbers')
    return values
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new DamagedBlock('it does not end where it should')
  }
}
