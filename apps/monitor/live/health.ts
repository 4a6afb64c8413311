import type { Link } from '@hearthwatch/mqtt'

/** The state of the broker connection and the database. */
export interface Health {
  /** `connected`, or the problem. */
  mqtt: string
  /** `ok`, or the problem. */
  database: string
}

/** @param trouble why the database cannot be written; empty while it can */
export function healthOf({ state, why }: Pick<Link, 'state' | 'why'>, trouble: string): Health {
  return { mqtt: state === 'connected' ? 'connected' : why || state, database: trouble || 'ok' }
}

/** The problem with the broker or the database; null if there is none. */
export function problemOf({ mqtt, database }: Health): string | null {
  if (mqtt !== 'connected') return `the broker: ${mqtt}`
  return database === 'ok' ? null : `the database: ${database}`
}
