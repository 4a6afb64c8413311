import * as shape from '@hearthwatch/api/channels'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import { Notification } from '@hearthwatch/api/notifications'
import Type from 'typebox'
import type { Config } from '../../config.ts'
import type { Notify } from '../../notify/deliver.ts'
import type { App } from '../app.ts'
import { HttpError } from '../http/errors.ts'
import { errorIn, type Views } from '../views.ts'

/** ms between two tests of one channel: each test is a real message, and some services charge for it */
const pause = 10_000

export interface ChannelOptions {
  config: Pick<Config, 'UI_LANGUAGE'>
  views: Views
  notify: Pick<Notify, 'channels' | 'test'>
  now(): number
}

export function addChannels(app: App, { config: { UI_LANGUAGE }, views, notify, now }: ChannelOptions): void {
  const tested = new Map<string, number>()

  app.get('/api/channels', { schema: { summary: 'The notification channels', response: { 200: Type.Array(shape.Channel) } } }, () =>
    notify.channels().map((channel) => ({ ...channel, ...errorIn(UI_LANGUAGE, channel.error) })),
  )

  app.get(
    '/api/notifications',
    { schema: { summary: 'Messages to people, newest first, at most 1000', response: { 200: Type.Array(Notification) } } },
    () => views.messages(),
  )

  app.post(
    '/api/channels/:name/test',
    {
      schema: {
        summary: 'Sends a test to all recipients of a channel',
        params: shape.ChannelParams,
        response: { 200: shape.ChannelTest, 404: ErrorAnswer, 429: ErrorAnswer },
      },
    },
    async ({ params: { name } }) => {
      if (!notify.channels().some((channel) => channel.name === name)) throw new HttpError(404, `There is no channel ${name}.`)
      const since = now() - (tested.get(name) ?? Number.NEGATIVE_INFINITY)
      if (since >= 0 && since < pause) throw new HttpError(429, 'It was tested a moment ago.', { 'retry-after': String(pause / 1000) })
      tested.set(name, now())
      const error = await notify.test(name)
      return error ? { ok: false as const, ...errorIn(UI_LANGUAGE, error) } : { ok: true as const }
    },
  )
}
