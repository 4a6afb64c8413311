import { PayloadError } from '@hearthwatch/protocol'
import Database from 'better-sqlite3'
import { DamagedBlock, unpack } from '../readings/block.ts'
import type { SeriesName } from '../readings/series-name.ts'
import type { Store } from '../store.ts'

/** Readings of one transaction. */
const most = 5000

export interface TakeOver {
  /** Readings that were not there yet. */
  added: number
  /** Readings that the database had already. */
  known: number
  /** Series of which some readings could not be read. */
  damaged: number
}

/**
 * Takes over all readings that can still be read from a damaged database. Unreadable pages cost only their own rows: a series is
 * read from both ends. It can be stopped and run again, since a reading with the same time and value is a repeat.
 * @param from the file that was set aside, opened read-only
 * @param onSeries called before each series with its number and the number of all
 * @throws SqliteError if not even its list of series can be read
 */
export function takeOver(
  from: string,
  store: Pick<Store, 'readings' | 'transaction'>,
  onSeries: (number: number, of: number) => void,
): TakeOver {
  const damaged = new Database(from, { readonly: true, fileMustExist: true })
  const result: TakeOver = { added: 0, known: 0, damaged: 0 }
  try {
    const all = damaged.prepare<[], SeriesName & { id: number }>('SELECT id, room, quantity, device FROM series').all()
    for (const [i, { id, ...name }] of all.entries()) {
      onSeries(i + 1, all.length)
      const { readings, isWhole } = readAll(damaged, id)
      if (!isWhole) result.damaged += 1
      const times = [...readings.keys()].sort((a, b) => a - b)
      for (let at = 0; at < times.length; at += most) add(store, name, readings, times.slice(at, at + most), result)
    }
    return result
  } finally {
    damaged.close()
  }
}

function add(
  store: Pick<Store, 'readings' | 'transaction'>,
  name: SeriesName,
  readings: ReadonlyMap<number, number>,
  times: readonly number[],
  result: TakeOver,
): void {
  try {
    store.transaction(() => {
      const addReading = store.readings.series(name, false)
      for (const time of times) {
        if (addReading(readings.get(time) ?? 0, time, true) === null) result.known += 1
        else result.added += 1
      }
    })
  } catch (error) {
    // A series beyond the bounds of its sender.
    if (!(error instanceof PayloadError)) throw error
  }
}

/** The readings of a series by time, as far as they can be read. */
function readAll(db: Database.Database, series: number): { readings: Map<number, number>; isWhole: boolean } {
  const readings = new Map<number, number>()
  let isWhole = true
  const attempt = (read: () => void) => {
    try {
      read()
      return true
    } catch (error) {
      if (!(error instanceof Database.SqliteError) && !(error instanceof DamagedBlock)) throw error
      isWhole = false
      return false
    }
  }
  const rows = (order: 'ASC' | 'DESC') =>
    attempt(() => {
      const select = db.prepare<[number], [number, number]>(`SELECT time, value FROM reading WHERE series = ? ORDER BY time ${order}`).raw()
      for (const [time, value] of select.iterate(series)) if (typeof value === 'number') readings.set(time, value)
    })
  if (!rows('ASC')) rows('DESC')
  const ids: number[] = []
  attempt(() => void ids.push(...db.prepare<[number], number>('SELECT id FROM block WHERE series = ? ORDER BY first').pluck().all(series)))
  const block = db.prepare<[number], Buffer>('SELECT data FROM block WHERE id = ?').pluck()
  for (const id of ids)
    attempt(() => {
      const columns = unpack(block.get(id) ?? Buffer.alloc(0))
      for (const [i, time] of columns.times.entries()) readings.set(time, columns.values[i] ?? 0)
    })
  return { readings, isWhole }
}
