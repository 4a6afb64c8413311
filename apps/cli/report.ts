import type { Outcome } from '@hearthwatch/files'

/** The outcome for one file. */
export interface Step {
  outcome: Outcome
  file: string
  /** Description of the file, for people. */
  what: string
}

/** The result of a run of setup. It contains no secret. */
export interface Report {
  steps: Step[]
  /** True if a running broker must read its files again. */
  reload: boolean
  /** Port of the broker on this machine without TLS. */
  brokerPort: number
}
