import type { Localized } from '@hearthwatch/api/localized'
import { compareSeverity, type Severity } from '@hearthwatch/api/severity'
import type { Database } from 'better-sqlite3'
import type { Content } from './notification-content.ts'
import type { Listed } from './notification-row.ts'
import { errorOf } from './notifications.ts'

/** One alert, text or summary of a message. */
export interface MessageItem {
  kind: Content['kind'] | 'test'
  transition: 'firing' | 'repeat' | 'resolved' | null
  room: string | null
  rule: string | null
  /** The title that a person gave the rule; null: none. */
  title: string | null
  /** Id of the alert. */
  alert: number | null
}

/**
 * A message to one recipient as the API shows it: all rows that are or will be sent together. Its id is that of its first row, its
 * severity the highest of its items, and its room null if there are several.
 */
export interface ListedMessage extends Omit<Listed, 'kind'> {
  kind: MessageItem['kind']
  /** Oldest first. */
  about: MessageItem[]
}

/** A test message that was sent or refused. */
export interface SentTest {
  message: string
  channel: string
  recipient: string
  subject: string
  /** ms */
  at: number
  /** Null: it was sent. */
  error: Localized | null
}

type Row = Omit<ListedMessage, 'severity' | 'kind' | 'room' | 'about' | 'error'> & {
  severities: string
  about: string
  error: string | null
}

export type Messages = ReturnType<typeof storeMessages>

/** Rows of the newest messages that are looked at; a message of many alerts has many rows. */
const mostRows = 3000

/** Rows with the same key are one message. Pending rows get their message at the first attempt; until then the group of the plan counts. */
const key = `coalesce(message, CASE WHEN state = 'pending' THEN json_array(channel, recipient, severity, held) ELSE id END)`

const shape = (from: string) => `
  SELECT min(id) AS id, channel, CASE state WHEN 'sent' THEN 'sent' WHEN 'dead' THEN 'failed' ELSE 'pending' END AS state,
    json_group_array(severity) AS severities, attempts, min(created) AS created, sent,
    CASE WHEN state = 'pending' AND message IS NULL THEN held END AS held, subject, error,
    json_group_array(json_object('kind', content ->> '$.kind', 'transition', content ->> '$.transition',
      'room', ifnull(content ->> '$.alert.room', content ->> '$.room'), 'rule', content ->> '$.alert.rule', 'title', content ->> '$.alert.title',
      'alert', content ->> '$.alert.id') ORDER BY id) AS about
  FROM ${from} GROUP BY ${key}`

/** The history of messages: rows of the table `notification`, joined to the messages that people get. */
export function storeMessages(db: Database) {
  const newest = db.prepare<[number, number], Row>(
    `${shape('(SELECT * FROM notification ORDER BY id DESC LIMIT ?)')} ORDER BY max(id) DESC LIMIT ?`,
  )
  const ofRow = db.prepare<[{ id: number }], Row>(
    shape(`(
      SELECT * FROM notification WHERE message = (SELECT message FROM notification WHERE id = :id)
      UNION ALL
      SELECT other.* FROM notification AS one JOIN notification AS other USING (state, channel, recipient, severity)
      WHERE one.id = :id AND one.state = 'pending' AND one.message IS NULL AND other.message IS NULL AND other.held IS one.held
      UNION ALL
      SELECT * FROM notification WHERE id = :id AND message IS NULL AND state <> 'pending')`),
  )
  const firstRows = db
    .prepare<[string], number>(`SELECT min(id) FROM notification WHERE id IN (SELECT value FROM json_each(?)) GROUP BY ${key}`)
    .pluck()
  const addTest = db.prepare<[Omit<SentTest, 'error'> & { error: string | null; event: string; state: string; sent: number | null }]>(`
    INSERT INTO notification (event, channel, recipient, severity, content, state, message, subject, attempts, created, next, sent, ended, error)
    VALUES (:event, :channel, :recipient, 'warning', '{"kind":"test"}', :state, :message, :subject, 1, :at, :at, :sent, :at, :error)`)

  return {
    /** Newest first. */
    list: (limit = 1000): ListedMessage[] => newest.all(mostRows, limit).map(messageOf),

    /** The message of this row. */
    of(id: number): ListedMessage | null {
      const row = ofRow.get({ id })
      return row === undefined ? null : messageOf(row)
    },

    /** One row of each message that these rows belong to. */
    firstRows: (ids: readonly number[]): number[] => firstRows.all(JSON.stringify(ids)),

    addTest(test: SentTest): number {
      const isSent = test.error === null
      const event = `test/${test.message}`
      const error = isSent ? null : JSON.stringify(test.error)
      return Number(addTest.run({ ...test, error, event, state: isSent ? 'sent' : 'dead', sent: isSent ? test.at : null }).lastInsertRowid)
    },
  }
}

function messageOf({ severities, about, error, ...row }: Row): ListedMessage {
  const items: MessageItem[] = JSON.parse(about)
  const [first] = items
  const isOfOneRoom = items.every(({ room }) => room === first?.room)
  return {
    ...row,
    error: errorOf(error),
    severity: (JSON.parse(severities) as Severity[]).reduce((most, one) => (compareSeverity(one, most) > 0 ? one : most)),
    kind: first?.kind ?? 'alert',
    room: isOfOneRoom ? (first?.room ?? null) : null,
    about: items,
  }
}
