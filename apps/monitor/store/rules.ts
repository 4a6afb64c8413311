import type { Database } from 'better-sqlite3'
import { completeRule, type Rule } from '../alerts/rule.ts'

/** Who wrote a rule: a person by the API, or the file `rules.json`. */
export type RuleSource = 'hand' | 'file'

export interface StoredRule {
  rule: Rule
  /** There without anybody's doing; can be changed, not removed. */
  builtIn: boolean
  /** When it was written, ms; null: as built in. */
  changed: number | null
  source: RuleSource | null
}

interface RuleRow {
  name: string
  rule: string
  changed: number
  source: RuleSource
}

export type Rules = ReturnType<typeof storeRules>

/** The rules, in memory: judging a reading asks no database. */
export function storeRules(db: Database, builtIn: readonly Rule[]) {
  const rows = db.prepare<[], RuleRow>('SELECT name, rule, changed, source FROM rule')
  const upsert = db.prepare<[RuleRow]>(`
    INSERT INTO rule (name, rule, changed, source) VALUES (:name, :rule, :changed, :source)
    ON CONFLICT (name) DO UPDATE SET rule = :rule, changed = :changed, source = :source`)
  const remove = db.prepare<[string]>('DELETE FROM rule WHERE name = ?')

  let known = new Map<string, StoredRule>()
  let all: readonly Rule[] = []
  let version = 0

  function load(): void {
    const written = rows.all().map(({ name, rule, changed, source }) => {
      const isBuiltIn = builtIn.some((one) => one.name === name)
      return { rule: completeRule(JSON.parse(rule)), builtIn: isBuiltIn, changed, source }
    })
    const own = written.filter((one) => !one.builtIn).sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1))
    const first = builtIn.map(
      (rule) => written.find((one) => one.rule.name === rule.name) ?? { rule, builtIn: true, changed: null, source: null },
    )
    known = new Map([...first, ...own].map((one) => [one.rule.name, one]))
    all = [...known.values()].map(({ rule }) => rule)
    version += 1
  }
  load()

  return {
    /** Every rule with its defaults filled in, those that are off as well: the built-in ones first, then by name. */
    all: () => all,
    list: (): StoredRule[] => [...known.values()],
    get: (name: string) => known.get(name),

    /** Counts up with every change. */
    get version() {
      return version
    },

    put(rule: Rule, changed: number, source: RuleSource): void {
      upsert.run({ name: rule.name, rule: JSON.stringify(rule), changed, source })
      load()
    },

    /** A built-in rule is again as it was built in; any other is gone. @returns false where there is none */
    remove(name: string): boolean {
      const { changes } = remove.run(name)
      if (changes > 0) load()
      return changes > 0 || known.has(name)
    },

    /** After a rollback: back to what is in the database. */
    forget: load,
  }
}
