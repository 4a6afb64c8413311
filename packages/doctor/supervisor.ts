import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Finding, ok, skipped, warning } from './finding.ts'
import { holderOf, supervisorOf } from './processes.ts'
import type { Words } from './words.ts'

/**
 * Finds what starts a program again, after a crash and with the machine.
 * @param file one that the running program has open
 * @param isContained true within a container, whose engine starts it
 */
export async function checkSupervisor(
  program: 'monitor' | 'sensor',
  file: string,
  { supervisor: words }: Words,
  isContained: boolean,
  unitOf: (pid: string) => string | null = supervisorOf,
): Promise<Finding> {
  const name = words.names[program]
  if (isContained) return ok('supervisor', words.container(name))
  const pid = holderOf(file)
  if (pid === null) return skipped('supervisor', words.hidden(name), words.hiddenWhy)
  const unit = unitOf(pid)
  if (unit === null) return warning('supervisor', words.byHand(name), words.byHandWhy, words.byHandDo)
  if (unit.endsWith('.service') && (await isDisabled(unit)))
    return warning('supervisor', words.disabled(name, unit), words.byHandWhy, `sudo systemctl enable ${unit}`)
  return ok('supervisor', words.unit(name, unit))
}

async function isDisabled(unit: string): Promise<boolean> {
  try {
    await promisify(execFile)('systemctl', ['is-enabled', unit], { timeout: 2000 })
    return false
  } catch (failure) {
    // It ends with 1 for every unit that is not enabled, and prints which of these it is.
    return String((failure as { stdout?: string }).stdout).trim() === 'disabled'
  }
}
