import { fstatSync } from 'node:fs'
import type { Level } from './log.ts'

/** Choices of the setting `LOG_FORMAT`. */
export const formats = ['auto', 'text', 'json', 'journal'] as const
export type Format = Exclude<(typeof formats)[number], 'auto'>

/** The priorities of syslog, which journald reads at the start of a line (sd-daemon(3)). */
export const priorities: Readonly<Record<Level, number>> = { error: 3, warn: 4, info: 6, debug: 7 }

/** @param chosen the setting; `auto`: for journald where standard error leads to it, else text */
export function formatOf(
  chosen: (typeof formats)[number],
  env: Readonly<Record<string, string | undefined>>,
  stderr = statOfStderr,
): Format {
  if (chosen !== 'auto') return chosen
  // A program that a terminal of a desktop has started has the variable too, and writes elsewhere.
  return env.JOURNAL_STREAM !== undefined && env.JOURNAL_STREAM === stderr() ? 'journal' : 'text'
}

function statOfStderr(): string {
  try {
    const { dev, ino } = fstatSync(2)
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}
