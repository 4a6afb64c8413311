import type { Link } from '@hearthwatch/mqtt'

/** Whether the monitor can do its work. */
export interface Health {
  /** `connected`, or what is wrong. */
  mqtt: string
  /** `ok`, or what is wrong. */
  database: string
}

/** @param trouble why the database cannot be written; empty while it can */
export function healthOf({ state, why }: Pick<Link, 'state' | 'why'>, trouble: string): Health {
  return { mqtt: state === 'connected' ? 'connected' : why || state, database: trouble || 'ok' }
}

/** What is wrong with the broker or the database; null: nothing. */
export function problemOf({ mqtt, database }: Health): string | null {
  if (mqtt !== 'connected') return `the broker: ${mqtt}`
  return database === 'ok' ? null : `the database: ${database}`
}
