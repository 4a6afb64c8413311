import type { Database } from 'better-sqlite3'
import type { Alert, NewAlert } from '../rules/alert.ts'
import { alertList } from './alert-list.ts'
import { type AlertRow, alertOf, rowOf } from './alert-row.ts'

export type Alerts = ReturnType<typeof storeAlerts>

const none: ReadonlyMap<string, Alert> = new Map()

/** The alerts. Open ones are cached in memory; changes are written through. */
export function storeAlerts(db: Database) {
  const open = db.prepare<[], AlertRow>("SELECT * FROM alert WHERE state <> 'resolved'")
  const insert = db.prepare<[object]>(`
    INSERT INTO alert (rule, subject, condition, room, device, quantity, state, severity, value, bound, window, text, message, channels,
      started, fired, resolved, acknowledged, due, well, no_data, told, tellings, silenced, inhibited, late, ended, title, peak)
    VALUES (:rule, :subject, :condition, :room, :device, :quantity, :state, :severity, :value, :bound, :window, :text, :message, :channels,
      :started, :fired, :resolved, :acknowledged, :due, :well, :noData, :told, :tellings, :silenced, :inhibited, :late, :ended, :title, :peak)`)
  const update = db.prepare<[object]>(`
    UPDATE alert SET condition = :condition, state = :state, severity = :severity, value = :value, peak = :peak, bound = :bound, window = :window,
      text = :text, message = :message, channels = :channels, started = :started, fired = :fired, resolved = :resolved,
      acknowledged = :acknowledged, due = :due, well = :well, no_data = :noData, told = :told, tellings = :tellings,
      silenced = :silenced, inhibited = :inhibited, ended = :ended WHERE id = :id`)
  const remove = db.prepare<[number]>('DELETE FROM alert WHERE id = ?')
  const extend = db.prepare<[{ to: number; value: number; peak: number | null; id: number }]>(
    'UPDATE alert SET resolved = max(resolved, :to), value = :value, peak = :peak WHERE id = :id',
  )
  const covering = db.prepare<[string, string, number, number], AlertRow>(
    'SELECT * FROM alert WHERE rule = ? AND subject = ? AND fired <= ? AND (resolved IS NULL OR resolved >= ?) LIMIT 1',
  )
  const lastLate = db.prepare<[string, string, number], AlertRow>(
    'SELECT * FROM alert WHERE rule = ? AND subject = ? AND fired <= ? AND late = 1 ORDER BY fired DESC LIMIT 1',
  )
  const before = db.prepare<[string, string, number, number], AlertRow>(
    'SELECT * FROM alert WHERE rule = ? AND subject = ? AND id < ? AND fired IS NOT NULL ORDER BY fired DESC LIMIT ?',
  )
  const byId = db.prepare<[number], AlertRow>('SELECT * FROM alert WHERE id = ?')

  const known = new Map<string, Map<string, Alert>>()

  function cache(alert: Alert): Alert {
    const about = known.get(alert.subject)
    if (about) about.set(alert.rule, alert)
    else known.set(alert.subject, new Map([[alert.rule, alert]]))
    return alert
  }

  function uncache({ rule, subject }: Alert): void {
    const about = known.get(subject)
    about?.delete(rule)
    if (about?.size === 0) known.delete(subject)
  }

  function load(): void {
    known.clear()
    for (const row of open.all()) cache(alertOf(row))
  }
  load()

  function find(id: number): Alert | undefined {
    const row = byId.get(id)
    return row && (known.get(row.subject)?.get(row.rule)?.id === id ? known.get(row.subject)?.get(row.rule) : alertOf(row))
  }

  function start(alert: NewAlert): Alert {
    const started = { ...alert, id: Number(insert.run(rowOf(alert)).lastInsertRowid) }
    return alert.state === 'resolved' ? started : cache(started)
  }

  return {
    /** The open alert of this rule about this subject. */
    open: (rule: string, subject: string) => known.get(subject)?.get(rule),

    /** The open alerts about this subject, by rule. */
    about: (subject: string): ReadonlyMap<string, Alert> => known.get(subject) ?? none,

    *allOpen(): Generator<Alert> {
      for (const about of known.values()) yield* about.values()
    },

    start,

    /** Writes a changed alert; a resolved one leaves the cache. */
    save(alert: Alert): void {
      update.run(rowOf(alert))
      if (alert.state === 'resolved') uncache(alert)
    },

    /** Deletes a pending alert that was cancelled before it fired. */
    drop(alert: Alert): void {
      remove.run(alert.id)
      uncache(alert)
    },

    /** An alert of this rule about this subject that was firing at some time from `from` to `to` (ms). */
    covering(rule: string, subject: string, from: number, to: number): Alert | undefined {
      const row = covering.get(rule, subject, to, from)
      return row && alertOf(row)
    },

    /** The alerts of this rule about this subject that fired before another one, the newest first. */
    before: (rule: string, subject: string, id: number, most: number): Alert[] => before.all(rule, subject, id, most).map(alertOf),

    /** The last late alert of this rule about this subject that began before a time (ms). */
    lastLate(rule: string, subject: string, before: number): Alert | undefined {
      const row = lastLate.get(rule, subject, before)
      return row && alertOf(row)
    },

    /** Extends a late alert after more of its readings have arrived. */
    extendLate(id: number, to: number, { value, peak }: { value: number; peak: number | null }): Alert {
      extend.run({ to, value, peak, id })
      return alertOf(byId.get(id) as AlertRow)
    },

    list: alertList(db),

    get: find,

    /** Marks an alert as acknowledged. @returns the alert, or undefined if there is none */
    acknowledge(id: number, at: number): Alert | undefined {
      const alert = find(id)
      if (alert === undefined || alert.acknowledged !== null) return alert
      alert.acknowledged = at
      update.run(rowOf(alert))
      return alert
    },

    /** After a rollback: reads the database again. */
    forget: load,
  }
}
