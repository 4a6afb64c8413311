import type { Localized } from '@hearthwatch/api/localized'
import type { Database } from 'better-sqlite3'
import type { Content, Undelivered } from './notification-content.ts'
import type { Listed, ListedRow, NewNotification, Waiting } from './notification-row.ts'

export type { Absent, Alive, Budget, Content, Missing, SummaryRow, Undelivered } from './notification-content.ts'
export type { Listed, NewNotification, Waiting } from './notification-row.ts'

export type Counts = Record<Listed['state'], number>

const none = (): Counts => ({ pending: 0, sent: 0, failed: 0 })

export type Notifications = ReturnType<typeof storeNotifications>

const shown = `CASE state WHEN 'sent' THEN 'sent' WHEN 'dead' THEN 'failed' ELSE 'pending' END`

/** Tests are in the table as well, for the history of messages. */
const isReal = "event NOT GLOB 'test/*'"

/** The outbox of notifications. Each change is one statement for all rows of a message. */
export function storeNotifications(db: Database) {
  const insert = db.prepare<[Record<string, unknown>]>(`
    INSERT INTO notification (event, channel, recipient, severity, content, created, next)
    VALUES (:event, :channel, :recipient, :severity, :content, :created, :created)
    -- A late event that continues before it is sent is updated.
    ON CONFLICT (event) DO UPDATE SET content = excluded.content
      WHERE state = 'pending' AND message IS NULL AND content ->> '$.kind' IN ('late-text', 'late-alert')`)
  const waiting = db.prepare<[string], Waiting>(`
    SELECT id, recipient, severity, content ->> '$.kind' AS kind, content ->> '$.alert.id' AS alert,
      content ->> '$.transition' AS transition, content ->> '$.unproven' AS unproven, message, created, next, tried, attempts, held
    FROM notification WHERE state = 'pending' AND channel = ? ORDER BY id`)
  const elsewhere = db.prepare<[string], { channel: string; count: number }>(`
    SELECT channel, count(*) AS count FROM notification
    WHERE state = 'pending' AND channel NOT IN (SELECT value FROM json_each(?)) GROUP BY channel`)
  const lastTries = db.prepare<[string, number], Pick<Waiting, 'recipient' | 'severity' | 'unproven'> & { tried: number }>(`
    SELECT recipient, severity, content ->> '$.unproven' AS unproven, max(tried) AS tried FROM notification
    WHERE channel = ? AND tried > ? AND content ->> '$.kind' <> 'summary' GROUP BY 1, 2, 3`)
  const spent = db
    .prepare<[string, number], number>(`SELECT count(DISTINCT message) FROM notification WHERE channel = ? AND sent >= ? AND ${isReal}`)
    .pluck()
  const undelivered = db.prepare<[number, number], Undelivered>(`
    SELECT channel, count(*) AS count FROM notification WHERE state = 'dead' AND ended >= ? AND ended < ? AND ${isReal} GROUP BY channel ORDER BY channel`)

  const these = 'WHERE id IN (SELECT value FROM json_each(:ids))'
  const contents = db.prepare<[{ ids: string }], string>(`SELECT content FROM notification ${these} ORDER BY id`).pluck()
  const ofMessage = db.prepare<[string], string>('SELECT content FROM notification WHERE message = ? ORDER BY id').pluck()
  const earlier = db
    .prepare<[{ ids: string; alerts: string; channel: string; recipient: string }], string>(`
      SELECT message FROM notification
      WHERE content ->> '$.alert.id' IN (SELECT value FROM json_each(:alerts)) AND message IS NOT NULL
        AND channel = :channel AND recipient = :recipient AND id < (SELECT min(value) FROM json_each(:ids))
      GROUP BY message ORDER BY min(id) LIMIT 20`)
    .pluck()
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
  const recover = db
    .prepare<[string | null], number>(
      `UPDATE notification SET state = 'pending' WHERE state = 'sending' AND channel = ifnull(?, channel) RETURNING id`,
    )
    .pluck()
  const giveUp = db
    .prepare<[{ channel: string; error: string; now: number }], number>(
      `UPDATE notification SET state = 'dead', error = :error, ended = :now WHERE state IN ('pending', 'sending') AND channel = :channel RETURNING id`,
    )
    .pluck()

  const columns = `id, channel, ${shown} AS state, severity, content ->> '$.kind' AS kind,
    ifnull(content ->> '$.alert.room', content ->> '$.room') AS room, attempts, created, sent,
    CASE WHEN state = 'pending' AND message IS NULL THEN held END AS held, subject, error`
  const byId = db.prepare<[number], ListedRow>(`SELECT ${columns} FROM notification WHERE id = ?`)
  const newest = db.prepare<[number], ListedRow>(`SELECT ${columns} FROM notification ORDER BY id DESC LIMIT ?`)
  const counts = db.prepare<[], { channel: string; state: Listed['state']; count: number }>(
    `SELECT channel, ${shown} AS state, count(*) AS count FROM notification WHERE ${isReal} GROUP BY 1, 2 ORDER BY 1`,
  )

  return {
    /** @returns false if this event already exists */
    add(notification: NewNotification): boolean {
      return insert.run({ ...notification, content: JSON.stringify(notification.content) }).changes > 0
    },

    /** Pending rows of a channel, oldest first. */
    waiting: (channel: string) => waiting.all(channel),

    /** Pending rows of channels that do not exist. */
    orphans: (channels: readonly string[]) => elsewhere.all(JSON.stringify(channels)),

    /** Time of the last new message of each group (recipient, severity, unproven) of a channel after `since`, without summaries. */
    lastTries: (channel: string, since: number) => lastTries.all(channel, since),

    /** Number of messages that a channel has sent since then. */
    spent: (channel: string, since: number) => spent.get(channel, since) ?? 0,

    /** Messages that the channels gave up from `from` to `to` (ms). */
    undelivered: (from: number, to: number) => undelivered.all(from, to),

    contents: (ids: readonly number[]): Content[] => contents.all({ ids: JSON.stringify(ids) }).map((json) => JSON.parse(json)),

    /** Ids of earlier messages to this recipient about these alerts, the first one first. */
    earlier: (ids: readonly number[], alerts: readonly number[], { channel, recipient }: { channel: string; recipient: string }) =>
      alerts.length === 0 ? [] : earlier.all({ ids: JSON.stringify(ids), alerts: JSON.stringify(alerts), channel, recipient }),

    /** Contents of a message, by its id. */
    contentsOf: (message: string): Content[] => ofMessage.all(message).map((json) => JSON.parse(json)),

    /** Before a message is sent: assigns its id, which every later attempt keeps. */
    claim: (ids: readonly number[], message: string, subject: string, now: number) =>
      void claim.run({ ids: JSON.stringify(ids), message, subject, now }),

    markSent: (ids: readonly number[], now: number) => void sent.run({ ids: JSON.stringify(ids), now }),

    /** To be retried at `next`. */
    markLater: (ids: readonly number[], next: number, error: Localized) =>
      void later.run({ ids: JSON.stringify(ids), next, error: JSON.stringify(error) }),

    /** To be retried when the channel works again; the time until it is given up restarts then. */
    markPaused: (ids: readonly number[], error: Localized) => void paused.run({ ids: JSON.stringify(ids), error: JSON.stringify(error) }),

    /** Given up. */
    markDead: (ids: readonly number[], error: Localized, now: number) =>
      void dead.run({ ids: JSON.stringify(ids), error: JSON.stringify(error), now }),

    /** Quiet hours hold these back. */
    hold: (ids: readonly number[], until: number | null) => void hold.run({ ids: JSON.stringify(ids), until }),

    /** Deletes rows that need not be sent any more. */
    remove: (ids: readonly number[]) => void remove.run({ ids: JSON.stringify(ids) }),

    /**
     * At the start: marks rows that were being sent when the last process ended to be sent again, as the same message.
     * @param channel only its rows, after it was stopped
     * @returns their ids
     */
    recover: (channel: string | null = null) => recover.all(channel),

    /** Gives up all rows of a channel that was stopped. @returns their ids */
    giveUp: (channel: string, error: Localized, now: number) => giveUp.all({ channel, error: JSON.stringify(error), now }),

    get(id: number): Listed | undefined {
      const row = byId.get(id)
      return row && listedOf(row)
    },

    /** Newest first. */
    list: (limit = 1000): Listed[] => newest.all(limit).map(listedOf),

    /** Numbers of notifications by state. */
    counts(): Counts {
      const sum = none()
      for (const { state, count } of counts.all()) sum[state] += count
      return sum
    },

    /** The same by channel, including channels that are no longer set up. */
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

const listedOf = ({ error, ...row }: ListedRow): Listed => ({ ...row, error: errorOf(error) })

/** The reason of a failure; rows of an older version have it in one language only. */
export function errorOf(text: string | null): Localized | null {
  if (text === null) return null
  return text.startsWith('{"en":') ? JSON.parse(text) : { en: text, 'zh-TW': text }
}
