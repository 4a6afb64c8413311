import Database from 'better-sqlite3'

/** What people have set, and nobody can bring back. What was measured and told is not among it: the record goes by its own rules. */
const tables = ['rule', 'silence', 'label', 'wanted', 'secret', 'password', 'session']
/** What was read of rules.json is true only together with all the rules: else the file is to be read again. */
const ofRules = 'rule_import'

/**
 * Takes over from a damaged database what can still be read of people's settings. A row that cannot be read, or not be
 * meant, stays behind; so does all of a database of another version.
 * @param from the damaged file; it is only read @param to a new one @returns how many rows were saved of each table
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

/** @returns how many rows, and whether these are all that there were */
function copy(from: Database.Database, to: Database.Database, table: string): { count: number; whole: boolean } {
  const columns = to.prepare<[], string>(`SELECT '"' || name || '"' FROM pragma_table_info('${table}')`).pluck().all()
  const insert = to.prepare(`INSERT OR REPLACE INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`)
  let count = 0
  let whole = true
  try {
    for (const row of from.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw().iterate()) {
      if (row.some(isSpoilt)) whole = false
      else count += insert.run(...row).changes
    }
  } catch (error) {
    // From here on it cannot be read.
    if (!(error instanceof Database.SqliteError)) throw error
    whole = false
  }
  return { count, whole }
}

/** Zeros in the middle of a text: the page that it goes on in is gone. */
function isSpoilt(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\0')
}
