import type { Severity } from '@hearthwatch/api/severity'
import type { Database } from 'better-sqlite3'
import type { Content, Undelivered } from './notification-content.ts'

export type { Absent, Alive, Budget, Content, Missing, SummaryRow, Undelivered } from './notification-content.ts'

/** Something to tell to one person by one channel. */
export interface NewNotification {
  /** Unique: the same event is never told twice to the same person by the same channel. */
  event: string
  channel: string
  recipient: string
  severity: Severity
  content: Content
  created: number
}

/** A row that waits to be sent; times in ms. */
export interface Waiting {
  id: number
  recipient: string
  severity: Severity
  kind: Content['kind']
  /** Which alert it is about, and which step of it. */
  alert: number | null
  transition: 'firing' | 'repeat' | 'resolved' | null
  /** The id of the message that it has been part of before; null: not tried yet. */
  message: string | null
  created: number
  /** Not to be tried again before this time. */
  next: number
  /** When its message was first tried. */
  tried: number | null
  /** Tries so far. */
  attempts: number
  /** Until when quiet hours hold it back, or did; null: they never have. */
  held: number | null
}

/** A notification as people see it. Times in ms. */
export interface Listed {
  id: number
  channel: string
  state: 'pending' | 'sent' | 'failed'
  severity: Severity
  kind: Content['kind']
  room: string | null
  attempts: number
  created: number
  sent: number | null
  /** While it is pending: until when quiet hours hold it back. */
  held: number | null
  /** Null until the first try. */
  subject: string | null
  /** Why the last try failed, in plain words. */
  error: string | null
}

export type Counts = Record<Listed['state'], number>

const none = (): Counts => ({ pending: 0, sent: 0, failed: 0 })

export type Notifications = ReturnType<typeof storeNotifications>

const shown = `CASE state WHEN 'sent' THEN 'sent' WHEN 'dead' THEN 'failed' ELSE 'pending' END`

/** The outbox of what people are told. Each change is one statement, all rows of a message together. */
export function storeNotifications(db: Database) {
  const insert = db.prepare<[Record<string, unknown>]>(`
    INSERT INTO notification (event, channel, recipient, severity, content, created, next)
    VALUES (:event, :channel, :recipient, :severity, :content, :created, :created)
    -- What went on before anyone was told of it is told as it is then.
    ON CONFLICT (event) DO UPDATE SET content = excluded.content
      WHERE state = 'pending' AND message IS NULL AND content ->> '$.kind' IN ('late-text', 'late-alert')`)
  const waiting = db.prepare<[string], Waiting>(`
    SELECT id, recipient, severity, content ->> '$.kind' AS kind, content ->> '$.alert.id' AS alert,
      content ->> '$.transition' AS transition, message, created, next, tried, attempts, held
    FROM notification WHERE state = 'pending' AND channel = ? ORDER BY id`)
  const elsewhere = db.prepare<[string], { channel: string; count: number }>(`
    SELECT channel, count(*) AS count FROM notification
    WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(?)) GROUP BY channel`)
  const lastTries = db.prepare<[string, number], { recipient: string; severity: Severity; tried: number }>(`
    SELECT recipient, severity, max(tried) AS tried FROM notification
    WHERE channel = ? AND tried > ? AND content ->> '$.kind' <> 'summary' GROUP BY recipient, severity`)
  const spent = db
    .prepare<[string, number], number>('SELECT count(DISTINCT message) FROM notification WHERE channel = ? AND sent >= ?')
    .pluck()
  const undelivered = db.prepare<[number, number], Undelivered>(`
    SELECT channel, count(*) AS count FROM notification WHERE state = 'dead' AND ended >= ? AND ended < ? GROUP BY channel ORDER BY channel`)

  const these = 'WHERE id IN (SELECT value FROM json_each(:ids))'
  const contents = db.prepare<[{ ids: string }], string>(`SELECT content FROM notification ${these} ORDER BY id`).pluck()
  const ofMessage = db.prepare<[string], string>('SELECT content FROM notification WHERE message = ? ORDER BY id').pluck()
  const claim = db.prepare<[{ ids: string; message: string; subject: string; now: number }]>(`
    UPDATE notification SET state = 'sending', message = :message, subject = :subject, attempts = attempts + 1, tried = ifnull(tried, :now)
    ${these}`)
  const sent = db.prepare<[{ ids: string; now: number }]>(`UPDATE notification SET state = 'sent', sent = :now, error = NULL ${these}`)
  const later = db.prepare<[{ ids: string; next: number; error: string }]>(
    `UPDATE notification SET state = 'pending', next = :next, error = :error ${these}`,
  )
  const paused = db.prepare<[{ ids: string; error: string }]>(
    `UPDATE notification SET state = 'pending', tried = NULL, error = :error ${these}`,
  )
  const dead = db.prepare<[{ ids: string; error: string; now: number }]>(
    `UPDATE notification SET state = 'dead', error = :error, ended = :now ${these}`,
  )
  const hold = db.prepare<[{ ids: string; until: number | null }]>(`UPDATE notification SET held = :until ${these}`)
  const remove = db.prepare<[{ ids: string }]>(`DELETE FROM notification ${these} AND state = 'pending' AND message IS NULL`)
  const recover = db.prepare<[], number>(`UPDATE notification SET state = 'pending' WHERE state = 'sending' RETURNING id`).pluck()

  const columns = `id, channel, ${shown} AS state, severity, content ->> '$.kind' AS kind,
    ifnull(content ->> '$.alert.room', content ->> '$.room') AS room, attempts, created, sent,
    CASE WHEN state = 'pending' AND message IS NULL THEN held END AS held, subject, error`
  const byId = db.prepare<[number], Listed>(`SELECT ${columns} FROM notification WHERE id = ?`)
  const newest = db.prepare<[number], Listed>(`SELECT ${columns} FROM notification ORDER BY id DESC LIMIT ?`)
  const counts = db.prepare<[], { channel: string; state: Listed['state']; count: number }>(
    `SELECT channel, ${shown} AS state, count(*) AS count FROM notification GROUP BY 1, 2 ORDER BY 1`,
  )

  return {
    /** @returns false where this event has been told before */
    add(notification: NewNotification): boolean {
      return insert.run({ ...notification, content: JSON.stringify(notification.content) }).changes > 0
    },

    /** What a channel has yet to send, oldest first. */
    waiting: (channel: string) => waiting.all(channel),

    /** What waits for channels other than these: nobody will send it. */
    orphans: (channels: readonly string[]) => elsewhere.all(JSON.stringify(channels)),

    /** When each group of a channel (recipient, severity) last got a new message, where that was after `since`; summaries aside. */
    lastTries: (channel: string, since: number) => lastTries.all(channel, since),

    /** How many messages a channel has sent since then. */
    spent: (channel: string, since: number) => spent.get(channel, since) ?? 0,

    /** What the channels gave up from `from` to `to` (ms). */
    undelivered: (from: number, to: number) => undelivered.all(from, to),

    contents: (ids: readonly number[]): Content[] => contents.all({ ids: JSON.stringify(ids) }).map((json) => JSON.parse(json)),

    /** What a message tells, by its id. */
    contentsOf: (message: string): Content[] => ofMessage.all(message).map((json) => JSON.parse(json)),

    /** Before a message is handed over: whatever happens then, it is known by this id. */
    claim: (ids: readonly number[], message: string, subject: string, now: number) =>
      void claim.run({ ids: JSON.stringify(ids), message, subject, now }),

    markSent: (ids: readonly number[], now: number) => void sent.run({ ids: JSON.stringify(ids), now }),

    /** To be tried again, not before `next`. */
    markLater: (ids: readonly number[], next: number, error: string) => void later.run({ ids: JSON.stringify(ids), next, error }),

    /** To be tried again when the channel works again; the time until it is given up starts anew then. */
    markPaused: (ids: readonly number[], error: string) => void paused.run({ ids: JSON.stringify(ids), error }),

    /** Given up. */
    markDead: (ids: readonly number[], error: string, now: number) => void dead.run({ ids: JSON.stringify(ids), error, now }),

    /** Quiet hours hold these back. */
    hold: (ids: readonly number[], until: number | null) => void hold.run({ ids: JSON.stringify(ids), until }),

    /** There is nothing to tell any more, and nobody has been told. */
    remove: (ids: readonly number[]) => void remove.run({ ids: JSON.stringify(ids) }),

    /**
     * At start: what was being sent when the last process ended goes out again, as the same message.
     * @returns the ids
     */
    recover: () => recover.all(),

    get: (id: number) => byId.get(id),

    /** Newest first. */
    list: (limit = 1000) => newest.all(limit),

    /** How many there are of each. */
    counts(): Counts {
      const sum = none()
      for (const { state, count } of counts.all()) sum[state] += count
      return sum
    },

    /** The same, channel by channel; channels that are no longer set up, too. */
    countsByChannel(): Map<string, Counts> {
      const found = new Map<string, Counts>()
      for (const { channel, state, count } of counts.all()) {
        const its = found.get(channel) ?? none()
        its[state] = count
        found.set(channel, its)
      }
      return found
    },
  }
}
