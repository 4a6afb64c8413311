import { AcknowledgeBody, Alert, AlertParams, AlertsQuery } from '@hearthwatch/api/alerts'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import Type from 'typebox'
import type { Alert as StoredAlert } from '../../rules/alert.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { HttpError } from '../http/errors.ts'
import type { Views } from '../views.ts'

export interface AlertOptions {
  store: Pick<Store, 'alerts'>
  views: Views
  /** Acknowledges alerts. @returns those that exist */
  acknowledge(ids: readonly number[]): StoredAlert[]
}

export function addAlerts(app: App, { store, views, acknowledge }: AlertOptions): void {
  app.get(
    '/api/alerts',
    {
      schema: {
        summary: 'Alerts, newest first, at most 1000',
        querystring: AlertsQuery,
        response: { 200: Type.Array(Alert) },
      },
    },
    (request) => store.alerts.list(request.query).map(views.alert),
  )

  app.post(
    '/api/alerts/:id/acknowledge',
    { schema: { summary: 'Acknowledges an alert', params: AlertParams, response: { 200: Alert, 404: ErrorAnswer } } },
    (request) => {
      const [alert] = acknowledge([request.params.id])
      if (alert === undefined) throw new HttpError(404, `There is no alert ${request.params.id}.`)
      return views.alert(alert)
    },
  )

  app.post(
    '/api/alerts/acknowledge',
    {
      schema: {
        summary: 'Acknowledges several alerts; one that does not exist is left out',
        body: AcknowledgeBody,
        response: { 200: Type.Array(Alert), 400: ErrorAnswer },
      },
    },
    (request) => acknowledge(request.body.ids).map(views.alert),
  )
}
