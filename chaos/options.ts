export interface ChaosOptions {
  seed: number
  /** Time during which faults are injected, ms. The run ends some time later. */
  duration: number
  /** `rabbitmq`: a cluster of three nodes behind a balancer. */
  broker: 'mosquitto' | 'embedded' | 'rabbitmq'
  sensors: number
  /** Only faults whose name contains one of these words; empty or missing: the usual ones. */
  only?: readonly string[]
  /** Keep the folder after a success too. */
  keep?: boolean
  /** Stops the injection of faults early; the run still waits for recovery and checks the result. */
  signal?: AbortSignal
  onProgress?(done: number, what: string): void
}
