import Database from 'better-sqlite3'

/** Tables with settings that users made. Readings and notifications are not copied: the sensors send their readings again. */
const tables = ['rule', 'silence', 'label', 'note', 'channel', 'mark', 'wanted', 'secret', 'password', 'session']
/** The import state of rules.json, which is valid only with all rules; otherwise the file is imported again. */
const ofRules = 'rule_import'

/**
 * Copies the settings that can still be read from a damaged database. Unreadable and damaged rows are left out; from a
 * database of another version nothing is copied.
 * @param from the damaged file, opened read-only @param to a new one @returns number of copied rows of each table
 */
export function salvage(from: string, to: Database.Database): Record<string, number> {
  const saved: Record<string, number> = {}
  let damaged: Database.Database | undefined
  try {
    damaged = new Database(from, { readonly: true })
    if (versionOf(damaged) !== versionOf(to)) return saved
    for (const table of tables) {
      const { count, whole } = copy(damaged, to, table)
      if (count > 0) saved[table] = count
      if (table === 'rule' && whole) copy(damaged, to, ofRules)
    }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  } finally {
    damaged?.close()
  }
  return saved
}

const versionOf = (db: Database.Database) => db.pragma('user_version', { simple: true })

/** @returns number of copied rows, and true if these are all */
function copy(from: Database.Database, to: Database.Database, table: string): { count: number; whole: boolean } {
  const columns = to.prepare<[], string>(`SELECT '"' || name || '"' FROM pragma_table_info('${table}')`).pluck().all()
  const insert = to.prepare(`INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`)
  let count = 0
  let whole = true
  try {
    for (const row of from.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw().iterate()) {
      if (row.some(isDamagedText)) whole = false
      else count += insert.run(...row).changes
    }
  } catch (error) {
    // The rest of the table cannot be read.
    if (!(error instanceof Database.SqliteError)) throw error
    whole = false
  }
  return { count, whole }
}

/** True for a text with zeros, whose overflow page is lost. */
function isDamagedText(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0')
}
