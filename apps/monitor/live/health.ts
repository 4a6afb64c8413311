import type { Link } from '@hearthwatch/mqtt'

/** The state of the broker connection and the database. */
export interface Health {
  /** `connected`, or the problem. */
  mqtt: string
  /** `ok`, or the problem. */
  database: string
  /** Topics that the broker does not deliver to the monitor; empty while all is well. */
  undelivered?: readonly string[]
}

/**
 * @param undelivered topics that the broker does not deliver although it accepts the connection
 * @param trouble why the database cannot be written; empty while it can
 */
export function healthOf({ state, why }: Pick<Link, 'state' | 'why'>, undelivered: readonly string[], trouble: string): Health {
  const mqtt =
    undelivered.length > 0
      ? `the broker accepts the connection but does not deliver ${undelivered.join(', ')}; its access list must allow them`
      : 'connected'
  return { mqtt: state === 'connected' ? mqtt : why || state, database: trouble || 'ok', undelivered }
}

/** The problem with the broker or the database; null if there is none. */
export function problemOf({ mqtt, database }: Pick<Health, 'mqtt' | 'database'>): string | null {
  if (mqtt !== 'connected') return `the broker: ${mqtt}`
  return database === 'ok' ? null : `the database: ${database}`
}
