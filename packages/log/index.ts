import { styleText } from 'node:util'

/**
 * Levels by urgency. `error`: the owner must act now. `warn`: the owner must act some day. `info`: the course of events,
 * for finding the cause of a problem. `debug`: details for developers.
 */
export const levels = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof levels)[number]

/** Details of a line, printed as `key=value`. They must not contain a secret. */
export type Fields = Record<string, unknown>

export interface Log {
  error(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  debug(message: string, fields?: Fields): void
  /** The same log with another name, for a part of the program. */
  child(name: string): Log
}

const colours = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const

/**
 * Writes lines to standard error: time (ISO 8601, UTC), level, name, message, `key=value` pairs; coloured on a terminal.
 * Control characters in the name, the message and the fields are escaped, so that received data can neither forge a line
 * nor control the terminal. No value makes it throw.
 * @param level the least important level that is printed
 * @param write called with each line, including its line end
 */
export function createLog(name: string, level: Level = 'info', write = writeToStderr): Log {
  const isPrinted = (one: Level) => levels.indexOf(one) <= levels.indexOf(level)
  const line =
    (one: Level) =>
    (message: string, fields: Fields = {}) => {
      if (!isPrinted(one)) return
      const details = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`)
      const time = new Date().toISOString()
      write(`${time} ${styled(one, one.toUpperCase().padEnd(5))} ${escaped(`${name}: ${message}${details.join('')}`)}\n`)
    }
  return {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    child: (child) => createLog(child, level, write),
  }
}

/** A log that prints nothing. */
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
    // A bigint, a circular value, or one that is nested too deeply.
    return typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value)
  }
}

// A connection that is refused on several addresses is an AggregateError without a message.
function reason(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}

/** Replaces characters that end a line, control a terminal or reverse the direction of text by `\u{…}`. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}
