import { setImmediate as pause } from 'node:timers/promises'
import type { Readings, SeriesName, Taken } from './readings.ts'

/** Lines of one piece, which takes about a ms; and series that are opened at a time. */
const many = 500

/** Several names mean any of them. */
export interface CsvFilter {
  room?: string | readonly string[] | undefined
  quantity?: string | readonly string[] | undefined
  device?: string | undefined
}

export interface CsvOptions {
  readings: Pick<Readings, 'names' | 'each'>
  filter: CsvFilter
  /** ms; inclusive */
  from: number
  /** ms; exclusive */
  to: number
  /** A time as text; default: ISO 8601 in UTC with ms. */
  timeText?: ((time: number) => string) | undefined
  /** The name of a room for people, which becomes a sixth column; default: no such column. */
  nameOf?: ((room: string) => string) | undefined
  /** Remarks in the order of time, which become lines of their own with a last column; default: no such column. */
  notes?: readonly { time: number; room: string; text: string }[] | undefined
  signal?: AbortSignal | undefined
  /** Called for each piece with the number of lines so far and the time of the last one. */
  onProgress?: (lines: number, time: number) => void
}

/**
 * Yields stored readings as lines `time,room,quantity,device,value` (and `name`, `note`) in the order of time, in pieces, so that
 * memory stays small. Cells are quoted as in RFC 4180, but lines end with line feeds.
 */
export async function* writeCsv(options: CsvOptions): AsyncGenerator<string> {
  const { readings, filter, from, to, timeText = iso, nameOf, notes, signal, onProgress } = options
  const named = (room: string) => (nameOf === undefined ? '' : `,${cellOf(nameOf(room))}`)
  const heads: Head[] = []
  const names = readings
    .names({ device: filter.device })
    .filter(({ room, quantity }) => isAmong(room, filter.room) && isAmong(quantity, filter.quantity))
  for (const [n, name] of names.entries()) {
    const source = { cells: cellsOf(name), last: named(name.room), readings: readings.each(name, from, to) }
    const { value: reading } = source.readings.next()
    if (reading !== undefined) heads.push({ source, reading: reading as Taken })
    if (n % many === many - 1) await pause()
    if (signal?.aborted) return
  }
  const waiting = [...(notes ?? [])]
  /** The lines of the notes before this time. */
  const notesBefore = (time: number) => {
    let text = ''
    for (let [note] = waiting; note !== undefined && note.time < time; [note] = waiting) {
      text += `${timeText(note.time)},${cellOf(note.room)},,,${named(note.room)},${cellOf(note.text)}\n`
      waiting.shift()
    }
    return text
  }
  const end = notes === undefined ? '\n' : ',\n'
  let piece = `time,room,quantity,device,value${nameOf === undefined ? '' : ',name'}${notes === undefined ? '' : ',note'}\n`
  let lines = 0
  for (const { source, reading } of inOrder(heads)) {
    piece += `${notesBefore(reading.time)}${timeText(reading.time)},${source.cells},${plain(reading.value)}${source.last}${end}`
    lines += 1
    if (lines % many > 0) continue
    onProgress?.(lines, reading.time)
    yield piece
    piece = ''
    await pause()
    if (signal?.aborted) return
  }
  yield piece + notesBefore(Number.POSITIVE_INFINITY)
}

const iso = (time: number) => new Date(time).toISOString()
const isAmong = (name: string, wanted: string | readonly string[] | undefined) =>
  wanted === undefined || (typeof wanted === 'string' ? wanted === name : wanted.includes(name))

/** The value without the noise of floating point, such as 12.745000000000001: spreadsheets have 15 digits, too. */
const plain = (value: number) => Number(value.toPrecision(15))

interface Source {
  /** Room, quantity and device. */
  cells: string
  /** The cell of the room's name, with its comma. */
  last: string
  readings: Iterator<Taken>
}

/** A source, and its first reading that is not written yet. */
interface Head {
  source: Source
  reading: Taken
}

/** Merges several sources by time. */
function* inOrder(heads: Head[]): Generator<Head> {
  heads.sort((a, b) => a.reading.time - b.reading.time)
  for (let head = heads.shift(); head !== undefined; head = heads.shift()) {
    const { source, reading } = head
    yield { source, reading }
    const next = source.readings.next()
    if (next.done) continue
    // Searched from the end: series have similar intervals, so the next reading usually belongs there.
    let place = heads.length
    while (place > 0 && (heads[place - 1]?.reading.time ?? 0) > next.value.time) place -= 1
    heads.splice(place, 0, { source, reading: next.value })
  }
}

const cellsOf = ({ room, quantity, device }: SeriesName) => [room, quantity, device ?? ''].map(cellOf).join(',')

/**
 * A CSV cell. A text that a spreadsheet would evaluate as a formula gets an apostrophe in front. Spreadsheets in Chinese or
 * Japanese also evaluate the full-width signs.
 */
export function cellOf(text: string): string {
  const start = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text
  // Excel separates cells by semicolons where a comma is the decimal sign.
  const safe = start.replaceAll(/([;\t]\s*)(?=[=+\-@＝＋－＠])/g, "$1'")
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
