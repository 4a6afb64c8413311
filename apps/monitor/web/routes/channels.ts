import * as shape from '@hearthwatch/api/channels'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import { Notification } from '@hearthwatch/api/notifications'
import Type from 'typebox'
import type { Config } from '../../config/config.ts'
import type { Notify } from '../../notify/deliver.ts'
import type { OwnChannels } from '../../notify/own-channels.ts'
import type { App } from '../app.ts'
import { HttpError } from '../http/errors.ts'
import { errorIn, type Views } from '../views.ts'

/** ms between two tests of one channel: each test is a real message, and some services charge for it */
const pause = 10_000

export interface ChannelOptions {
  config: Pick<Config, 'UI_LANGUAGE'>
  views: Views
  notify: Pick<Notify, 'test'>
  ownChannels: Pick<OwnChannels, 'list'>
  now(): number
}

export function addChannels(app: App, { config: { UI_LANGUAGE }, views, notify, ownChannels, now }: ChannelOptions): void {
  const tested = new Map<string, number>()

  app.get('/api/channels', { schema: { summary: 'The notification channels', response: { 200: Type.Array(shape.Channel) } } }, () =>
    ownChannels.list().map(views.channel),
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
        response: { 200: shape.ChannelTest, 404: ErrorAnswer, 409: ErrorAnswer, 429: ErrorAnswer },
      },
    },
    async ({ params: { name } }) => {
      const channel = ownChannels.list().find((one) => one.name === name)
      if (channel === undefined) throw new HttpError(404, `There is no channel ${name}.`)
      if (channel.muted !== null) throw new HttpError(409, `${name} is muted and gets no messages.`)
      const since = now() - (tested.get(name) ?? Number.NEGATIVE_INFINITY)
      if (since >= 0 && since < pause) throw new HttpError(429, 'It was tested a moment ago.', { 'retry-after': String(pause / 1000) })
      tested.set(name, now())
      const error = await notify.test(name)
      return error ? { ok: false as const, ...errorIn(UI_LANGUAGE, error) } : { ok: true as const }
    },
  )
}
