import { Readable } from 'node:stream'
import { ExportQuery } from '@hearthwatch/api/history'
import { writeCsv } from '../../store/readings/csv.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { spanOf } from './history.ts'

/** Adds the CSV export, which is streamed from the database. */
export function addExport(app: App, store: Store, now: () => number): void {
  app.get(
    '/api/export.csv',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Readings as CSV, each as it was stored, in the order of time (ISO 8601, UTC); default the last 24 h',
        description: 'Text that a spreadsheet would read as a formula gets a leading apostrophe; numbers never.',
        produces: ['text/csv'],
        querystring: ExportQuery,
      },
    },
    ({ query: { from, to, bom = 0, ...filter } }, reply) => {
      const span = spanOf({ from, to }, now())
      const stopping = new AbortController()
      const csv = Readable.from(marked(bom === 1, writeCsv({ readings: store.readings, filter, ...span, signal: stopping.signal })))
      // A client that disconnects ends the read, so that it does not outlive the database.
      csv.on('close', () => stopping.abort())
      return reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="readings.csv"').send(csv)
    },
  )
}

async function* marked(isMarked: boolean, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  if (isMarked) yield '\uFEFF'
  yield* pieces
}
