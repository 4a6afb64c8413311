import type { Outcome } from './folder.ts'

/** What became of one file, for the person who asked. */
export interface Step {
  outcome: Outcome
  file: string
  what: string
}

/** All that setup did; nothing in it is secret. */
export interface Report {
  steps: Step[]
  /** Whether a broker that is running has to read its files again. */
  reload: boolean
  /** Where it listens on this machine without TLS. */
  brokerPort: number
}
