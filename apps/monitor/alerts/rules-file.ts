import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import { readRules } from '../rules/read-rules.ts'
import { RuleError } from '../rules/rule-error.ts'
import { mostRules, type RuleImport, type Rules } from '../store/rules.ts'

/** A time stamp that is further in the future is wrong. ms */
const clockTolerance = minute
/** Enough for a thousand rules with long texts. Bytes */
const mostBytes = 4 * 1024 * 1024

export interface RulesFileOptions {
  /** Path of the database; the file is optional and lies beside it. */
  database: string
  rules: Rules
  /** Names of the channels that exist. */
  channelNames: readonly string[]
  now: number
  log: Log
}

/**
 * Reads `rules.json` if it is newer than the rules in the database. If the file is wrong, the log names each mistake, the
 * rules stay as they are, and the monitor starts.
 */
export function importRules({ database, rules, channelNames, now, log }: RulesFileOptions): void {
  const file = join(dirname(database), 'rules.json')
  try {
    importNewer(file, rules, now, log)
  } catch (error) {
    if (!(error instanceof RuleError) && !(error as NodeJS.ErrnoException).code) throw error
    log.error('rules.json cannot be read; the rules stay as they are', { file, why: (error as Error).message })
  }
  for (const [rule, why] of rules.unreadable) log.error('a rule in the database cannot be read and is not in force', { rule, why })
  for (const { name, enabled, channels } of rules.all()) {
    const unknown = channels.filter((channel) => !channelNames.includes(channel))
    if (enabled && unknown.length > 0)
      log.warn('a rule names channels that do not exist; they are ignored', { rule: name, channels: unknown.join(', ') })
  }
}

function importNewer(file: string, rules: Rules, now: number, log: Log): void {
  const found = read(file)
  if (found === null) return
  const { text, stamp } = found
  const digest = createHash('sha256').update(text).digest('hex')
  const last = rules.lastImport()
  if (!isNewer({ digest, stamp }, last, now)) {
    if (digest !== last.digest)
      log.warn('rules.json has changed, but rules were changed by hand later; the file is ignored; save it again to apply it', { file })
    return
  }
  const given = readRules(text)
  if (given.length > mostRules) throw new RuleError(`there may be at most ${mostRules} rules`)
  rules.import(given, { digest, stamp }, now)
  log.info('rules.json was read', { file, rules: given.length })
}

/**
 * True if the file replaces the rules in the database.
 * If no rule was changed by hand since the file was read, a file with other content wins, whatever its time stamp is.
 * Otherwise the later change wins: the file's time stamp, or the last change by hand.
 * A file that was not saved since it was read does not win.
 * If the file's time stamp lies in the future, it is wrong, and only the content counts.
 */
export function isNewer({ digest, stamp }: { digest: string; stamp: number }, last: RuleImport, now: number): boolean {
  const isOther = digest !== last.digest
  if (last.hand === null || stamp > now + clockTolerance) return isOther
  return (isOther || stamp !== last.stamp) && stamp > last.hand
}

/** @returns null: no such file */
function read(file: string): { text: string; stamp: number } | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (found.size > mostBytes) throw new RuleError(`it is larger than ${mostBytes} bytes`)
  return { text: readFileSync(file, 'utf8'), stamp: found.mtimeMs }
}
