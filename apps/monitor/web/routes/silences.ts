import { ErrorAnswer } from '@hearthwatch/api/errors'
import { alertsWithoutRule } from '@hearthwatch/api/rule-bounds'
import * as shape from '@hearthwatch/api/silences'
import { day } from '@hearthwatch/protocol/durations'
import Type from 'typebox'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'

const year = 366 * day

/** Adds the routes for silences, which suppress the notifications of a room or a rule for some time. */
export function addSilences(app: App, { store, now }: { store: Store; now(): number }): void {
  app.get('/api/silences', { schema: { summary: 'Silences in force, newest first', response: { 200: Type.Array(shape.Silence) } } }, () =>
    store.silences.active(now()),
  )

  app.post(
    '/api/silences',
    {
      schema: {
        summary: 'Suppresses the notifications of a room, a rule, or both; the alerts themselves continue',
        body: shape.SilenceBody,
        response: { 201: shape.Silence, 400: ErrorAnswer },
      },
    },
    ({ body: { room = null, rule = null, until, comment } }, reply) => {
      const at = now()
      if (until <= at)
        throw new FieldError(`until must be in the future: ms since the epoch, and now it is ${at}`, [
          { field: 'until', problem: 'not-above', min: at },
        ])
      if (until > at + year)
        throw new FieldError('until must be within a year: a silence that nobody remembers is dangerous', [
          { field: 'until', problem: 'too-large', max: at + year },
        ])
      if (rule !== null && !(alertsWithoutRule as readonly string[]).includes(rule) && store.rules.get(rule) === undefined)
        throw new FieldError(`rule: there is no rule ${rule}`, [{ field: 'rule', problem: 'not-found' }])
      reply.code(201)
      return store.transaction(() => store.silences.add({ room, rule, from: at, until, comment: comment ?? '' }))
    },
  )

  app.delete(
    '/api/silences/:id',
    {
      schema: {
        summary: 'Ends a silence now',
        params: shape.SilenceParams,
        response: { 204: Type.Null({ description: 'done' }), 404: ErrorAnswer },
      },
    },
    ({ params: { id } }, reply) => {
      if (!store.silences.remove(id)) throw new HttpError(404, `There is no silence ${id}.`)
      reply.code(204)
      return null
    },
  )
}
