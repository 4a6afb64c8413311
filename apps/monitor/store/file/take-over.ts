import { existsSync } from 'node:fs'
import { PayloadError } from '@hearthwatch/protocol'
import Database from 'better-sqlite3'
import { DamagedBlock, unpack } from '../readings/block.ts'
import type { SeriesName } from '../readings/series-name.ts'
import type { Taken } from '../readings/slices.ts'
import type { Store } from '../store.ts'
import { DatabaseError } from './damage.ts'

/** Readings of one transaction. */
const most = 5000

export interface TakeOver {
  /** Readings that were not there yet. */
  added: number
  /** Readings that the database had already. */
  known: number
  /** Readings of series beyond the bounds of their sender. */
  refused: number
  /** Series of which some readings could not be read. */
  damaged: number
}

/**
 * Takes over all readings that can still be read from a damaged database. Unreadable pages cost only their own rows: a series is
 * read from both ends. It can be stopped and run again, since a reading with the same time and value is a repeat.
 * @param from the file that was set aside, opened read-only
 * @param onSeries called before each series with its number and the number of all
 * @throws DatabaseError if there is no such file; SqliteError if not even its list of series can be read
 */
export function takeOver(
  from: string,
  store: Pick<Store, 'readings' | 'transaction'>,
  onSeries: (number: number, of: number) => void,
): TakeOver {
  if (!existsSync(from)) throw new DatabaseError(`${from} does not exist.`)
  const damaged = new Database(from, { readonly: true, fileMustExist: true })
  const result: TakeOver = { added: 0, known: 0, refused: 0, damaged: 0 }
  try {
    const all = damaged.prepare<[], SeriesName & { id: number }>('SELECT id, room, quantity, device FROM series').all()
    for (const [i, { id, ...name }] of all.entries()) {
      onSeries(i + 1, all.length)
      let isWhole = true
      let waiting: Taken[] = []
      const write = () => {
        add(store, name, waiting, result)
        waiting = []
      }
      for (const reading of readable(damaged, id, () => (isWhole = false))) {
        waiting.push(reading)
        if (waiting.length === most) write()
      }
      write()
      if (!isWhole) result.damaged += 1
    }
    return result
  } finally {
    damaged.close()
  }
}

function add(store: Pick<Store, 'readings' | 'transaction'>, name: SeriesName, readings: readonly Taken[], result: TakeOver): void {
  try {
    const known = store.transaction(() => {
      const addReading = store.readings.series(name, false)
      return readings.filter(({ time, value }) => addReading(value, time, true) === null).length
    })
    result.known += known
    result.added += readings.length - known
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error
    result.refused += readings.length
  }
}

/** The readings of a series that can be read. @param onDamage called for each part that cannot */
function* readable(db: Database.Database, series: number, onDamage: () => void): Generator<Taken> {
  /** Ends at the first part that cannot be read. */
  function* until<T>(parts: Iterable<T>): Generator<T> {
    try {
      yield* parts
    } catch (error) {
      if (!(error instanceof Database.SqliteError) && !(error instanceof DamagedBlock)) throw error
      onDamage()
    }
  }
  const rows = (order: string) =>
    db.prepare<[number, number], Taken>(`SELECT time, value FROM reading WHERE series = ? AND time > ? ORDER BY time ${order}`)
  let last = Number.MIN_SAFE_INTEGER
  for (const reading of until(rows('ASC').iterate(series, last))) {
    yield reading
    last = reading.time
  }
  // From the other end: nothing, if the first pass has read all of them.
  yield* until(rows('DESC').iterate(series, last))
  const block = db.prepare<[number], Buffer>('SELECT data FROM block WHERE id = ?').pluck()
  for (const id of until(db.prepare<[number], number>('SELECT id FROM block WHERE series = ? ORDER BY first').pluck().iterate(series)))
    yield* until(unpacked(() => block.get(id)))
}

function* unpacked(data: () => Buffer | undefined): Generator<Taken> {
  const { times, values } = unpack(data() ?? Buffer.alloc(0))
  for (const [i, time] of times.entries()) yield { time, value: values[i] ?? 0 }
}
