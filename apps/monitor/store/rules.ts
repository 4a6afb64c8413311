import type { Rule } from '@hearthwatch/api/rule'
import type { Database } from 'better-sqlite3'
import { readRule } from '../rules/check-rule.ts'
import { RuleError } from '../rules/rule-error.ts'

export interface StoredRule {
  rule: Rule
  /** Built-in rules can be changed, not removed. */
  builtIn: boolean
  /** Time of its last change, ms; null: as built in. */
  changed: number | null
}

/** The last import of `rules.json`. */
export interface RuleImport {
  /** Digest of the file; null: never read. */
  digest: string | null
  /** Its modification time, ms. */
  stamp: number | null
  /** Last change by hand since then, ms; null: none. */
  hand: number | null
}

interface RuleRow {
  name: string
  /** JSON */
  rule: string
  changed: number
  source: 'hand' | 'file'
}

/** Most rules; more would slow down the evaluation. */
export const mostRules = 1000

export type Rules = ReturnType<typeof storeRules>

/** The rules, cached in memory, so that a reading is evaluated without a query. */
export function storeRules(db: Database, builtIn: readonly Rule[]) {
  const rows = db.prepare<[], RuleRow>('SELECT name, rule, changed, source FROM rule ORDER BY name')
  const upsert = db.prepare<[RuleRow]>(`
    INSERT INTO rule (name, rule, changed, source) VALUES (:name, :rule, :changed, :source)
    ON CONFLICT (name) DO UPDATE SET rule = :rule, changed = :changed, source = :source`)
  const remove = db.prepare<[string]>('DELETE FROM rule WHERE name = ?')
  const removeOfFile = db.prepare("DELETE FROM rule WHERE source = 'file'")
  const lastImport = db.prepare<[], RuleImport>('SELECT digest, stamp, hand FROM rule_import')
  const imported = db.prepare<[string, number]>('UPDATE rule_import SET digest = ?, stamp = ?, hand = NULL')
  const byHand = db.prepare<[number]>('UPDATE rule_import SET hand = ?')

  let known = new Map<string, StoredRule>()
  let all: readonly Rule[] = []
  let version = 0
  const unreadable = new Map<string, string>()

  function load(): void {
    known = new Map(builtIn.map((rule) => [rule.name, { rule, builtIn: true, changed: null }]))
    unreadable.clear()
    for (const { name, rule: text, changed } of rows.all()) {
      const rule = read(text, name)
      if (rule) known.set(name, { rule, builtIn: known.has(name), changed })
    }
    all = [...known.values()].map(({ rule }) => rule)
    version += 1
  }
  load()

  /** An invalid rule in the database must not disable the others. */
  function read(text: string, name: string): Rule | null {
    try {
      return readRule(JSON.parse(text), name)
    } catch (error) {
      if (!(error instanceof RuleError) && !(error instanceof SyntaxError)) throw error
      unreadable.set(name, error.message)
      return null
    }
  }

  function write(rule: Rule, changed: number, source: RuleRow['source']): void {
    const text = JSON.stringify(rule)
    // A rule equal to a built-in one is not stored, so that it follows ALERT_ABOVE.
    if (builtIn.some((one) => one.name === rule.name && JSON.stringify(one) === text)) remove.run(rule.name)
    else upsert.run({ name: rule.name, rule: text, changed, source })
  }

  const changing = <A extends unknown[]>(change: (...given: A) => void) => {
    const whole = db.transaction(change)
    return (...given: A): void => {
      whole(...given)
      load()
    }
  }

  return {
    /** Every rule with its defaults, including disabled ones: the built-in ones first, then by name. */
    all: () => all,
    list: (): StoredRule[] => [...known.values()],
    get: (name: string) => known.get(name),

    /** Incremented with every change. */
    get version() {
      return version
    },

    /** Stores a change made by hand. @param at ms */
    put: changing((rule: Rule, at: number) => {
      write(rule, at, 'hand')
      byHand.run(at)
    }),

    /** Resets a built-in rule, or deletes any other. @param at ms */
    remove: changing((name: string, at: number) => {
      remove.run(name)
      byHand.run(at)
    }),

    /** Replaces the rules of the file; those no longer in the file are deleted. @param at ms */
    import: changing((rules: readonly Rule[], { digest, stamp }: { digest: string; stamp: number }, at: number) => {
      removeOfFile.run()
      for (const rule of rules) write(rule, at, 'file')
      imported.run(digest, stamp)
    }),

    /** Invalid rules in the database, with the reason; they are not in force. */
    unreadable: unreadable as ReadonlyMap<string, string>,

    lastImport: () => lastImport.get() as RuleImport,

    /** After a rollback: reads the database again. */
    forget: load,
  }
}
