import Type, { type Static } from 'typebox'
import { count, nullable, time } from './fields.ts'

/** Facts about the stored data of this house. */
export const House = Type.Object({
  version: Type.String(),
  size: Type.Integer({ minimum: 0, description: 'bytes of the database' }),
  readings: Type.Integer({ minimum: 0, description: 'number of stored readings' }),
  retentionDays: nullable(Type.Number({ description: 'days after which readings are deleted; null: never' })),
  updateCheck: Type.Boolean({ description: 'UPDATE_CHECK_URL is set' }),
  backups: Type.Object({
    count,
    newest: nullable(time),
    nightly: Type.Boolean({ description: 'one is written each night' }),
  }),
})
export type House = Static<typeof House>

/** The answer to a search for a newer version. */
export const Update = Type.Object({
  version: Type.String({ description: 'the running one' }),
  newest: Type.String(),
  newer: Type.Boolean({ description: 'the newest is newer than the running one' }),
})
export type Update = Static<typeof Update>
