import { randomUUID } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { collectChanges } from './changes.ts'
import type { FeedEntry, FeedRow } from './entry.ts'

/** Bytes of waiting entries above which they are dropped, and all is forwarded again from the readings: weeks of a home. */
const most = 256 * 1024 * 1024

export type Feed = ReturnType<typeof storeFeed>

/**
 * The commits that wait for `forward/`, each as one row that its own transaction writes. A monitor without FORWARD_URL pays
 * nothing.
 */
export function storeFeed(db: Database, limit = most) {
  const changes = collectChanges(db)
  let bytes = 0

  const insert = db.prepare<[string]>('INSERT INTO feed (entry) VALUES (?)')
  const sizeUpTo = db.prepare<[number], number>('SELECT ifnull(sum(length(entry)), 0) FROM feed WHERE seq <= ?').pluck()
  const size = () => sizeUpTo.get(Number.MAX_SAFE_INTEGER) ?? 0
  const from = db.prepare<[number, number], { seq: number; entry: string }>(
    'SELECT seq, entry FROM feed WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM feed').pluck()
  const newest = db.prepare<[], number>("SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'feed'), 0)").pluck()
  const remove = db.prepare<[number]>('DELETE FROM feed WHERE seq <= ?')
  const withDeletions = db.prepare<[], { entry: string }>(`SELECT entry FROM feed WHERE entry LIKE '%"deleted":%' ORDER BY seq`)
  const state = db.prepare<[], { instance: string; rebuild: number | null }>('SELECT instance, rebuild FROM forward')
  const create = db.prepare<[string]>('INSERT INTO forward (id, instance, rebuild) VALUES (1, ?, 0)')
  const setRebuild = db.prepare<[number | null]>('UPDATE forward SET rebuild = ?')

  /** Drops the waiting entries: everything is to be forwarded again. Deletions are not in the readings, so they stay. */
  function overflow(): void {
    const deleted = withDeletions.all().flatMap(({ entry }) => (JSON.parse(entry) as Partial<FeedEntry>).deleted ?? [])
    remove.run(Number.MAX_SAFE_INTEGER)
    setRebuild.run(0)
    if (deleted.length > 0) insert.run(JSON.stringify({ deleted }))
    bytes = size()
  }

  return {
    /**
     * Begins to collect. The first time everything that is stored is to be forwarded.
     * @returns the id of this database
     */
    start(): string {
      if (state.get() === undefined) create.run(randomUUID())
      changes.start()
      bytes = size()
      return state.get()?.instance ?? ''
    },

    /** Forgets what has waited: FORWARD_URL is no longer set. A later start forwards everything again. */
    end: db.transaction(() => {
      remove.run(Number.MAX_SAFE_INTEGER)
      db.exec('DELETE FROM forward')
    }),

    /** A reading was stored, within a transaction. */
    added: changes.added,

    /** After a rollback. */
    forget: changes.forget,

    /** Writes the changes of a transaction as one row; its last step. */
    flush(): void {
      const entry = changes.take()
      if (entry === null) return
      const text = JSON.stringify(entry)
      insert.run(text)
      bytes += text.length
      if (bytes > limit) overflow()
    },

    /** The entries after `seq`, the oldest first: at most `most`, and no more after one that ends beyond `bytes`. */
    after(seq: number, most: number, bytes = Number.POSITIVE_INFINITY): FeedRow[] {
      const rows: FeedRow[] = []
      let size = 0
      for (const { seq: at, entry } of from.iterate(seq, most)) {
        rows.push({ seq: at, entry: JSON.parse(entry) })
        size += entry.length
        if (size > bytes) break
      }
      return rows
    },

    /** The sequence number of the newest entry, forwarded or not; 0: none yet. */
    newest: () => newest.get() ?? 0,
    waiting: () => ({ commits: count.get() ?? 0, bytes }),

    /** Removes the entries up to `seq`: they are stored elsewhere. */
    forwarded(seq: number): void {
      const gone = sizeUpTo.get(seq) ?? 0
      if (gone === 0) return
      remove.run(seq)
      bytes -= gone
    },

    /** The series up to which a rebuild has come, by id; null: none is due. */
    get rebuild(): number | null {
      return state.get()?.rebuild ?? null
    },
    set rebuild(series: number | null) {
      setRebuild.run(series)
    },

    /** All rows of the tables that are not readings, for a rebuild. */
    everything: changes.everything,
  }
}
