/** A probe has no reading, or an impossible one. `gone`: it is no longer plugged in. */
export class ProbeError extends Error {
  readonly gone: boolean
  constructor(message: string, { gone = false, cause }: { gone?: boolean; cause?: unknown } = {}) {
    super(message, { cause })
    this.name = 'ProbeError'
    this.gone = gone
  }
}
