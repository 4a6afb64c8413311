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

/** Longest text of a field. Names from outside, such as a topic, have up to 65,535 bytes. */
const longestText = 300
/** Lines of one message within a minute; whoever causes more of them cannot fill the disk. Lines at `debug` are not counted. */
const mostPerMinute = 100
const mostMessages = 1000
/** ms */
const minute = 60_000

const colours = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const

/**
 * Writes lines to standard error: time (ISO 8601, UTC), level, name, message, `key=value` pairs; coloured on a terminal.
 * Control characters in the name, the message and the fields are escaped, so that received data can neither forge a line
 * nor control the terminal. Long texts are cut, and more than a hundred lines of one message within a minute are counted
 * instead of printed. No value makes it throw.
 * @param level the least important level that is printed
 * @param write called with each line, including its line end
 */
export function createLog(name: string, level: Level = 'info', write = writeToStderr): Log {
  return childLog(name, level, write, limitLines())
}

type Limit = ReturnType<typeof limitLines>

function childLog(name: string, level: Level, write: (line: string) => void, limit: Limit): Log {
  const isPrinted = (one: Level) => levels.indexOf(one) <= levels.indexOf(level)
  const line =
    (one: Level) =>
    (message: string, fields: Fields = {}) => {
      if (!isPrinted(one)) return
      const print = (text: string) =>
        write(`${new Date().toISOString()} ${styled(one, one.toUpperCase().padEnd(5))} ${escaped(`${name}: ${text}`)}\n`)
      const onMore = (more: number) => print(`${message}: ${more} more within a minute`)
      if (one !== 'debug' && !limit(`${one} ${name} ${message}`, onMore)) return
      const details = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`)
      print(`${message}${details.join('')}`)
    }
  return {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    child: (child) => childLog(child, level, write, limit),
  }
}

/** @returns a function: true if a line of this message may be printed. `onMore` gets the number of those that were not. */
function limitLines() {
  const counts = new Map<string, number>()
  return (line: string, onMore: (more: number) => void): boolean => {
    // Lines whose message has a name in it share one count.
    const message = counts.size < mostMessages || counts.has(line) ? line : ''
    const count = (counts.get(message) ?? 0) + 1
    counts.set(message, count)
    if (count === 1) {
      setTimeout(() => {
        const more = (counts.get(message) ?? 0) - mostPerMinute
        counts.delete(message)
        if (more > 0) onMore(more)
      }, minute).unref()
    }
    return count <= mostPerMinute
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
  if (value instanceof Error) return JSON.stringify(cut(reason(value), 4 * longestText))
  if (typeof value === 'string' && value.length > longestText) return JSON.stringify(cut(value))
  if (typeof value === 'string') return /^[\p{L}\p{N}._:/@+-]+$/u.test(value) ? value : JSON.stringify(value)
  try {
    return cut(JSON.stringify(value) ?? String(value), 4 * longestText)
  } catch {
    // A bigint, a circular value, or one that is nested too deeply.
    return typeof value === 'bigint' ? String(value) : Object.prototype.toString.call(value)
  }
}

const cut = (text: string, most = longestText) => (text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`)

// A connection that is refused on several addresses is an AggregateError without a message.
function reason(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name
}

/** Replaces characters that end a line, control a terminal or reverse the direction of text by `\u{…}`. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`)
}
