import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Log } from '@hearthwatch/log'
import { readRules } from '../rules/read-rules.ts'
import { RuleError } from '../rules/rule-error.ts'
import { mostRules, type RuleImport, type Rules } from '../store/rules.ts'

/** A file that seems to be of the future was written by a clock that was ahead, or ours is behind. ms */
const ahead = 60_000
/** Bytes; a thousand rules with long words have room. */
const mostBytes = 4 * 1024 * 1024

export interface RulesFileOptions {
  /** The database's path: the file lies beside it, or does not. */
  database: string
  rules: Rules
  /** Names of the channels that there are. */
  channelNames: readonly string[]
  now: number
  log: Log
}

/**
 * Reads `rules.json` where it is newer than the rules in force. Whatever is wrong with it, the rules stay as they are
 * and the monitor starts: without its rules it would tell nobody of anything.
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
    if (enabled && unknown.length > 0) log.warn('a rule names channels that are not there', { rule: name, channels: unknown.join(', ') })
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
      log.warn('rules.json is not what was read last, but rules were changed here after it: save it again to have it read', { file })
    return
  }
  const given = readRules(text)
  if (given.length > mostRules) throw new RuleError(`there may be at most ${mostRules} rules`)
  rules.import(given, { digest, stamp }, now)
  log.info('rules.json was read', { file, rules: given.length })
}

/**
 * Whether the file has the last word. Where nobody has changed a rule here since it was read, whatever is new in it counts,
 * and no clock is asked. Else the later one wins: the file's time stamp against the last change by hand; a stamp that
 * cannot be true, of a clock that was ahead, proves nothing, and then again what is new counts.
 */
export function isNewer({ digest, stamp }: { digest: string; stamp: number }, last: RuleImport, now: number): boolean {
  const isOther = digest !== last.digest
  if (last.hand === null || stamp > now + ahead) return isOther
  // A file that nobody has touched wins over nothing, whatever time it was when a rule was changed by hand.
  return (isOther || stamp !== last.stamp) && stamp > last.hand
}

/** @returns null where there is none */
function read(file: string): { text: string; stamp: number } | null {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found === undefined) return null
  if (found.size > mostBytes) throw new RuleError(`it is larger than ${mostBytes} bytes`)
  return { text: readFileSync(file, 'utf8'), stamp: found.mtimeMs }
}
