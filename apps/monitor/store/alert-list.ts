import type { Database } from 'better-sqlite3'
import type { Alert, AlertState } from '../rules/alert.ts'
import { type AlertRow, alertOf } from './alert-row.ts'

export interface AlertFilter {
  state?: AlertState | undefined
  room?: string | undefined
  rule?: string | undefined
  /** Id of an alert: only older alerts; none if there is no such alert. */
  before?: number | undefined
  limit?: number | undefined
}

/** Open and resolved alerts, the newest first. */
export function alertList(db: Database): (filter: AlertFilter) => Alert[] {
  const list = db.prepare<[Record<keyof AlertFilter, string | number | null>], AlertRow>(`
    SELECT * FROM alert WHERE (:state IS NULL OR state = :state) AND (:room IS NULL OR room = :room) AND (:rule IS NULL OR rule = :rule)
      AND (:before IS NULL OR (started, id) < (SELECT started, id FROM alert WHERE id = :before))
    ORDER BY started DESC, id DESC LIMIT :limit`)
  return ({ state, room, rule, before, limit = 1000 }) =>
    list.all({ state: state ?? null, room: room ?? null, rule: rule ?? null, before: before ?? null, limit }).map(alertOf)
}
