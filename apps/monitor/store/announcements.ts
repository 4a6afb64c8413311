import type { Database } from 'better-sqlite3'

/** More than devices of others may announce; beyond it, an announcement lasts until the next start. */
const most = 5000

export type Announcements = ReturnType<typeof storeAnnouncements>

/** Announcements of foreign devices, which must outlast a start because some are not retained. */
export function storeAnnouncements(db: Database) {
  const all = db.prepare<[], { topic: string; payload: string }>('SELECT topic, payload FROM announcement ORDER BY topic')
  const upsert = db.prepare<[string, string]>(
    'INSERT INTO announcement VALUES (?, ?) ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload',
  )
  const count = db.prepare<[], number>('SELECT count(*) FROM announcement').pluck()
  const remove = db.prepare<[string]>('DELETE FROM announcement WHERE topic = ?')

  return {
    all: () => all.all(),
    put(topic: string, payload: string): void {
      if ((count.get() ?? 0) < most) upsert.run(topic, payload)
    },
    remove: (topic: string): void => void remove.run(topic),
  }
}
