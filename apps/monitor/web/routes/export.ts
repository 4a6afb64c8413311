import { Readable } from 'node:stream'
import { ExportQuery } from '@hearthwatch/api/history'
import { localDate, localTimes, type Zone } from '../../localtime.ts'
import { namesOf } from '../../store/names.ts'
import { type CsvFilter, writeCsv } from '../../store/readings/csv.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError } from '../http/errors.ts'
import { spanOf } from './history.ts'

/** Adds the CSV export, which is streamed from the database. */
export function addExport(app: App, store: Store, now: () => number): void {
  app.get(
    '/api/export.csv',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Readings as CSV, each as it was stored, in the order of time; default the last 24 h',
        description: 'Text that a spreadsheet would read as a formula gets a leading apostrophe; numbers never.',
        produces: ['text/csv'],
        querystring: ExportQuery,
      },
    },
    ({ query: { from, to, zone, bom = 0, names = 0, notes: isWithNotes = 0, ...filter } }, reply) => {
      const span = spanOf({ from, to }, now())
      const timeText = zone === undefined ? undefined : localTimes(checked(zone))
      const stopping = new AbortController()
      const nameOf = names === 1 ? namesOf(store).room : undefined
      const notes = isWithNotes === 1 ? store.notes.list({ room: filter.room, ...span }) : undefined
      const lines = writeCsv({ readings: store.readings, filter, ...span, timeText, nameOf, notes, signal: stopping.signal })
      const csv = Readable.from(marked(bom === 1, lines))
      // A client that disconnects ends the read, so that it does not outlive the database.
      csv.on('close', () => stopping.abort())
      const name = fileName(filter, span.from, Math.min(span.to, now()), zone)
      return reply.type('text/csv; charset=utf-8').header('content-disposition', attachment(name)).send(csv)
    },
  )
}

async function* marked(isMarked: boolean, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  if (isMarked) yield '\uFEFF'
  yield* pieces
}

function checked(zone: string): Zone {
  try {
    localDate(0, zone)
    return zone
  } catch {
    throw new FieldError(`zone: there is no time zone ${zone}`, [{ field: 'zone', problem: 'not-found' }])
  }
}

/** The most names of rooms or quantities in the name of a file; more are left out. */
const named = 3

/** `kitchen-temperature-2026-03-01-2026-03-31.csv`: the content of a file and its first and last day. */
function fileName({ room, quantity }: CsvFilter, from: number, to: number, zone: Zone = 'UTC'): string {
  const listed = (wanted: CsvFilter['room'], plural: string) => {
    const all = wanted === undefined ? [] : [wanted].flat()
    return all.length <= named ? all : [`${all.length}-${plural}`]
  }
  const names = [...listed(room, 'rooms'), ...listed(quantity, 'quantities')]
  const days = new Set([localDate(from, zone), localDate(Math.max(from, to - 1), zone)])
  return `${[...names, ...days].join('-').replace(/[^\p{L}\p{N}._-]+/gu, '-')}.csv`
}

/** RFC 6266: the name in ASCII, and in UTF-8 for all browsers of today. */
const attachment = (name: string) =>
  `attachment; filename="${name.replace(/[^\x20-\x7e]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name)}`
