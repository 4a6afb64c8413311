import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { error, type Finding, ok, warning } from './finding.ts'
import type { Words } from './words.ts'

/** The clock of a machine that was never set shows an earlier time. ms since the epoch */
const release = Date.UTC(2026, 0, 1)
/** systemd-timesyncd creates this file when NTP has set the clock (systemd-timesyncd.service(8)). */
const synchronisedFile = '/run/systemd/timesync/synchronized'

export async function checkClock(words: Words['clock'], now: number): Promise<Finding> {
  const shown = new Date(now).toISOString().slice(0, 16).replace('T', ' ')
  if (now < release) return error('clock', words.bad(shown), words.why, words.do)
  if (existsSync(synchronisedFile) || (await isSynchronisedByOthers())) return ok('clock', words.good)
  return warning('clock', words.unsure(shown), words.why, words.do)
}

/** Asks systemd, which knows of chrony and ntpd too. */
async function isSynchronisedByOthers(): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('timedatectl', ['show', '--property=NTPSynchronized', '--value'], { timeout: 2000 })
    return stdout.trim() === 'yes'
  } catch {
    return false
  }
}
