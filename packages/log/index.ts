import { styleText } from 'node:util'
import { type Format, priorities } from './format.ts'
import { type Fields, type Level, type Log, levels } from './log.ts'

export { type Format, formatOf, formats } from './format.ts'
export { type Fields, type Level, type Log, levels } from './log.ts'
export { durationOf, type LastingState, lastingState } from './state.ts'

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
 * @param format `json`: an object a line, with `time`, `level`, `name`, `msg` and the fields; `journal`: a priority instead of the time
 */
export function createLog(name: string, level: Level = 'info', write = writeToStderr, format: Format = 'text'): Log {
  return childLog(name, { level, write, format, limit: limitLines() })
}

interface Sink {
  level: Level
  write(line: string): void
  format: Format
  limit: Limit
}

type Limit = ReturnType<typeof limitLines>

function childLog(name: string, sink: Sink): Log {
  const { level, write, format, limit } = sink
  const isPrinted = (one: Level) => levels.indexOf(one) <= levels.indexOf(level)
  const line =
    (one: Level) =>
    (message: string, fields: Fields = {}) => {
      if (!isPrinted(one)) return
      const print = (text: string, details: Fields) => write(`${lines[format]({ level: one, name, message: text, fields: details })}\n`)
      const onMore = (more: number) => print(`${message}: ${more} more within a minute`, {})
      if (one !== 'debug' && !limit(`${one} ${name} ${message}`, onMore)) return
      print(message, level === 'debug' ? withStacks(fields) : fields)
    }
  return {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    child: (child) => childLog(child, sink),
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

interface Line {
  level: Level
  name: string
  message: string
  fields: Fields
}

/** A line in each format. */
const lines: Readonly<Record<Format, (line: Line) => string>> = {
  text: ({ level, ...rest }) => `${new Date().toISOString()} ${styled(level, level.toUpperCase().padEnd(5))} ${plain(rest)}`,
  journal: ({ level, ...rest }) => `<${priorities[level]}>${plain(rest)}`,
  json({ level, name, message, fields }) {
    const shown = Object.entries(fields).map(([key, value]) => [own.has(key) ? `${key}_` : key, plainValue(value)])
    const text = JSON.stringify({ time: new Date().toISOString(), level, name, msg: cut(message), ...Object.fromEntries(shown) })
    // JSON escapes control characters itself, and not those that reverse the direction of text.
    return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) =>
      [...Array(c.length)].map((_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
    )
  },
}

const own: ReadonlySet<string> = new Set(['time', 'level', 'name', 'msg'])

function plain({ name, message, fields }: Omit<Line, 'level'>): string {
  const details = Object.entries(fields).map(([key, value]) => ` ${key}=${show(value)}`)
  return escaped(`${name}: ${message}${details.join('')}`)
}

/** A value of a JSON line: numbers and the like as they are, everything else as text. */
function plainValue(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) return value
  if (typeof value === 'string') return cut(value)
  return value instanceof Error ? cut(reason(value), 4 * longestText) : show(value)
}

/** At `debug`, errors are shown with the place in the code. */
function withStacks(fields: Fields): Fields {
  const stack = Object.values(fields).find((value) => value instanceof Error)?.stack
  return stack === undefined ? fields : { ...fields, stack: cut(stack, 8 * longestText) }
}

/** A log that prints nothing. */
export const silent: Log = createLog('', 'error', () => {})

let isGuarded = false

/** A reader of the log that has gone, as in `npm start 2>&1 | head`, must not end a program that stores readings. */
function writeToStderr(line: string): void {
  if (!isGuarded) process.stderr.on('error', () => {})
  isGuarded = true
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
