import type { Link, Reason } from '@hearthwatch/mqtt'

/** The state of the broker connection and the database. */
export interface Health {
  /** `connected`, or the problem. */
  mqtt: string
  /** The problem with the connection to the broker in each language; null while there is one. */
  connection?: Reason | null
  /** `ok`, or the problem. */
  database: string
  /** Topics that the broker does not deliver to the monitor; empty while all is well. */
  undelivered?: readonly string[]
}

/**
 * @param undelivered topics that the broker does not deliver although it accepts the connection
 * @param trouble why the database cannot be written; empty while it can
 */
export function healthOf(
  { state, why, reason }: Pick<Link, 'state' | 'why' | 'reason'>,
  undelivered: readonly string[],
  trouble: string,
): Health {
  const mqtt =
    undelivered.length > 0
      ? `the broker accepts the connection but does not deliver ${undelivered.join(', ')}; its access list must allow them`
      : 'connected'
  const connection = state === 'connected' || why === '' ? null : reason
  return { mqtt: state === 'connected' ? mqtt : why || state, connection, database: trouble || 'ok', undelivered }
}

/** The problem with the broker or the database; null if there is none. */
export function problemOf({ mqtt, database }: Pick<Health, 'mqtt' | 'database'>): string | null {
  if (mqtt !== 'connected') return `the broker: ${mqtt}`
  return database === 'ok' ? null : `the database: ${database}`
}
