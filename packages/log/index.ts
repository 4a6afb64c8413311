import { styleText } from 'node:util'

/**
 * What a line is worth, by two questions: who must read it, and how much breaks if nobody does?
 * `error`: the owner, now · `warn`: the owner, some day · `info`: who wonders what happened · `debug`: who changes the code.
 */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

/** Details of a line, printed as `key=value`. Never put a secret here. */
export type Fields = Record<string, unknown>

export interface Log {
  error(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  debug(message: string, fields?: Fields): void
  /** The same log under another name, for a part of the program. */
  child(name: string): Log
}

const colours = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const

/**
 * Lines on standard error: time (ISO 8601, UTC), level, name, message, `key=value` pairs; coloured on a terminal.
 * Whatever came over the wire is printed on one line: control characters appear escaped, in the message, the name and
 * the fields, so nobody can forge a line or take over the terminal. No value makes it throw.
 * @param level the least important level that is still printed
 * @param write gets each line with its line end
 */
export function createLog(name: string, level: Level = 'info', write = writeToStderr): Log {
  const on = (wanted: Level) => levels.indexOf(wanted) <= levels.indexOf(level)
  const line =
    (wanted: Level) =>
    (message: string, fields: Fields = {}) => {
      if (!on(wanted)) return
      const details = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`)
      const time = new Date().toISOString()
      write(`${time} ${styled(wanted, wanted.toUpperCase().padEnd(5))} ${neutral(`${name}: ${message}${details.join('')}`)}\n`)
    }
  return {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    child: (child) => createLog(child, level, write),
  }
}

/** A log that keeps quiet, for callers who do not want one. */
export const silent: Log = createLog('', 'error', () => {})

function writeToStderr(line: string): void {
  process.stderr.write(line)
}

function styled(level: Level, text: string): string {
  return styleText(colours[level], text, { stream: process.stderr })
}

function show(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(reason(value))
  if (typeof value === 'string') return /^[\p{L}\p{N}._:/@+-]+$/u.test(value) ? value : JSON.stringify(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // A bigint, something that holds itself, or something nested too deeply.
    return typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value)
  }
}

// A connection refused on several addresses comes as an AggregateError without a message of its own.
function reason(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}

/** What ends a line, steers a terminal or turns the direction of the text around, as `\u{…}`. */
function neutral(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}
