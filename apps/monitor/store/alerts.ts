import type { Database } from 'better-sqlite3'

export type AlertState = 'pending' | 'firing' | 'recovering' | 'resolved'
export type Severity = 'info' | 'warning' | 'critical'

/** An alert, from the first doubt to its end; open ones are the state of the alert machines. Times in ms. */
export interface Alert {
  id: number
  rule: string
  /** What the rule is about: a series, a device, a room. One open alert for each (rule, subject). */
  subject: string
  room: string | null
  device: string | null
  quantity: string | null
  state: AlertState
  severity: Severity
  /** The reading that made it fire. */
  value: number | null
  /** The limit in force when it started. */
  bound: number | null
  /** What a foreign sensor said. */
  text: string | null
  started: number
  fired: number | null
  resolved: number | null
  acknowledged: number | null
  /** When its state changes by itself; null: never. */
  due: number | null
}

/** What the API may ask for. */
export interface AlertFilter {
  state?: AlertState | undefined
  room?: string | undefined
  limit?: number | undefined
}

export type Alerts = ReturnType<typeof storeAlerts>

export function storeAlerts(db: Database) {
  const open = db.prepare<[], Alert>("SELECT * FROM alert WHERE state <> 'resolved'")
  const insert = db.prepare<[Omit<Alert, 'id'>]>(`
    INSERT INTO alert (rule, subject, room, device, quantity, state, severity, value, bound, text, started, fired, resolved, acknowledged, due)
    VALUES (:rule, :subject, :room, :device, :quantity, :state, :severity, :value, :bound, :text, :started, :fired, :resolved, :acknowledged, :due)`)
  const update = db.prepare<[Alert]>(`
    UPDATE alert SET state = :state, severity = :severity, value = :value, text = :text, fired = :fired, resolved = :resolved,
      acknowledged = :acknowledged, due = :due WHERE id = :id`)
  const remove = db.prepare<[number]>('DELETE FROM alert WHERE id = ?')
  const insertLate = db.prepare<[Record<string, unknown>]>(`
    INSERT INTO alert (rule, subject, room, device, quantity, state, severity, value, bound, started, fired, resolved, late)
    VALUES (:rule, :subject, :room, :device, :quantity, 'resolved', :severity, :value, :bound, :from, :from, :to, 1)`)
  const extend = db.prepare<[number, number, number]>('UPDATE alert SET resolved = max(resolved, ?), value = max(value, ?) WHERE id = ?')
  const covering = db.prepare<[string, string, number, number], { id: number; late: number | null }>(
    'SELECT id, late FROM alert WHERE rule = ? AND subject = ? AND fired <= ? AND (resolved IS NULL OR resolved >= ?) LIMIT 1',
  )
  const byId = db.prepare<[number], Alert>('SELECT * FROM alert WHERE id = ?')
  const list = db.prepare<[{ state: string | null; room: string | null; limit: number }], Alert>(`
    SELECT * FROM alert WHERE (:state IS NULL OR state = :state) AND (:room IS NULL OR room = :room) ORDER BY started DESC, id DESC LIMIT :limit`)
  const acknowledge = db.prepare<[number, number]>('UPDATE alert SET acknowledged = ? WHERE id = ? AND acknowledged IS NULL')

  const known = new Map<string, Alert>()
  const name = (rule: string, subject: string) => `${rule}\0${subject}`

  function load(): void {
    known.clear()
    for (const alert of open.all()) known.set(name(alert.rule, alert.subject), alert)
  }
  load()

  return {
    /** The open alert of this rule about this subject. */
    open: (rule: string, subject: string) => known.get(name(rule, subject)),
    allOpen: () => known.values(),

    start(alert: Omit<Alert, 'id'>): Alert {
      const started = { ...alert, id: Number(insert.run(alert).lastInsertRowid) }
      known.set(name(alert.rule, alert.subject), started)
      return started
    },

    /** Writes a changed alert; a resolved one is open no longer. */
    save(alert: Alert): void {
      update.run(alert)
      if (alert.state === 'resolved') known.delete(name(alert.rule, alert.subject))
    },

    /** For a doubt that came to nothing: it never was an alert. */
    drop(alert: Alert): void {
      remove.run(alert.id)
      known.delete(name(alert.rule, alert.subject))
    },

    /** An alert of this rule about this subject that was on at some time from `from` to `to` (ms). */
    covering: (rule: string, subject: string, from: number, to: number) => covering.get(rule, subject, to, from),

    /** A crossing that became known only when it was long over: history from the start. */
    addLate(
      alert: Pick<Alert, 'rule' | 'subject' | 'room' | 'device' | 'quantity' | 'severity' | 'value' | 'bound'> & {
        from: number
        to: number
      },
    ): Alert {
      const { lastInsertRowid } = insertLate.run(alert)
      return byId.get(Number(lastInsertRowid)) as Alert
    },

    /** It lasted longer, or went further, than was known. */
    extendLate(id: number, to: number, value: number): Alert {
      extend.run(to, value, id)
      return byId.get(id) as Alert
    },

    /** Newest first. */
    list: ({ state, room, limit = 1000 }: AlertFilter) => list.all({ state: state ?? null, room: room ?? null, limit }),

    /** Somebody has seen it. @returns the alert, or undefined where there is none */
    acknowledge(id: number, at: number): Alert | undefined {
      acknowledge.run(at, id)
      const alert = byId.get(id)
      if (alert && alert.state !== 'resolved') known.set(name(alert.rule, alert.subject), alert)
      return alert
    },

    /** After a rollback: back to what is in the database. */
    forget: load,
  }
}
