import Type, { type Static } from 'typebox'
import { count, name, time } from './fields.ts'

export const Readings = Type.Object({
  room: Type.String(),
  quantity: Type.String(),
  unit: Type.String(),
  resolution: Type.Integer({
    minimum: 0,
    description:
      'ms between the starts of two buckets; 0: each point is a reading. From 300000 on a multiple of that, from 3600000 on of this. A bucket that from or to cuts counts only what lies between them; where the readings themselves have been deleted, the five minutes in which from or to lies count as a whole',
  }),
  points: Type.Array(
    Type.Array(Type.Number(), { minItems: 5, maxItems: 5, description: 'start, min, mean, max, count; the mean is weighed by time' }),
  ),
})
export type Readings = Static<typeof Readings>

export const ReadingsQuery = Type.Object({
  room: name('where'),
  quantity: name('what'),
  from: Type.Optional(time),
  to: Type.Optional(time),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 50_000, default: 500, description: 'at most so many' })),
  device: Type.Optional(name('only this one; default: all of the room')),
})

const some = (description: string) => Type.Union([name(description), Type.Array(name(description), { maxItems: 500 })])

export const ExportQuery = Type.Object({
  room: Type.Optional(some('only here, also several times; default: everywhere')),
  quantity: Type.Optional(some('only this, also several times; default: everything')),
  from: Type.Optional(time),
  to: Type.Optional(time),
  device: Type.Optional(name('only what this one measured')),
  zone: Type.Optional(
    Type.String({
      maxLength: 64,
      description: 'times without zone as clocks show them there, for spreadsheets: `Asia/Taipei`; default: ISO 8601, UTC',
    }),
  ),
  names: Type.Optional(Type.Integer({ minimum: 0, maximum: 1, description: '1: a sixth column has the room’s name for people' })),
  notes: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '1: a last column has the notes of these rooms, each in a line of its own' }),
  ),
  bom: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '1: begins with a byte order mark, without which Excel misreads UTF-8' }),
  ),
})

export const Summary = Type.Object({
  date: Type.String({ format: 'date' }),
  from: time,
  to: time,
  rooms: Type.Array(
    Type.Object({
      room: Type.String(),
      quantity: Type.String(),
      unit: Type.String(),
      last: Type.Number(),
      min: Type.Number(),
      mean: Type.Number({ description: 'weighed by time' }),
      max: Type.Number(),
      count,
      time: Type.Integer({ description: 'of the last reading' }),
    }),
  ),
})
export type Summary = Static<typeof Summary>

export const SummaryQuery = Type.Object({
  date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'a local date, YYYY-MM-DD; default: the last 24 h' })),
})
