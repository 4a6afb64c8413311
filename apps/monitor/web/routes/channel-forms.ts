import * as shape from '@hearthwatch/api/channels'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Config } from '../../config/config.ts'
import { fieldsOf, typeOf } from '../../notify/channels/from-form.ts'
import type { ChannelType } from '../../notify/channels/kind.ts'
import { optionFields } from '../../notify/channels/options.ts'
import { channelTypes } from '../../notify/channels/registry.ts'
import { ChannelMistake, type OwnChannels } from '../../notify/own-channels.ts'
import { sampleMessage } from '../../notify/sample.ts'
import type { Compose } from '../../notify/text/compose.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import type { Access } from '../http/access.ts'
import { FieldError, HttpError } from '../http/errors.ts'
import type { Views } from '../views.ts'

export interface ChannelFormOptions {
  store: Pick<Store, 'readings'>
  ownChannels: OwnChannels
  compose: Compose
  access: Pick<Access, 'isPerson'>
  config: Pick<Config, 'UI_LANGUAGE'>
  views: Views
  now(): number
}

const statuses = { wrong: 400, taken: 409, 'not-found': 404, 'read-only': 409, 'too-many': 409 } as const
const refusals = { 400: ErrorAnswer, 403: ErrorAnswer, 404: ErrorAnswer, 409: ErrorAnswer }

/** Channels that a person makes on the page. Addresses are written by a person alone, never by MQTT or with a token. */
export function addChannelForms(app: App, { store, ownChannels, compose, access, config, views, now }: ChannelFormOptions): void {
  /** @throws HttpError for a token */
  function demandPerson(request: FastifyRequest): void {
    if (!access.isPerson(request)) throw new HttpError(403, 'A token changes no channels: log in on the page.')
  }

  function previewOf(kind: string) {
    const type = typeOf(kind)
    if (type === undefined) throw new HttpError(404, `There is no kind ${kind}.`)
    const rooms = store.readings.latest(now()).filter(({ quantity }) => quantity === 'temperature')
    return type.preview(sampleMessage(compose, rooms[0]?.room ?? 'kitchen', now()), config.UI_LANGUAGE)
  }

  app.get(
    '/api/channel-kinds',
    { schema: { summary: 'The kinds of channels, with the fields of their forms', response: { 200: Type.Array(shape.ChannelKind) } } },
    () => channelTypes.map(kindOf),
  )

  app.get(
    '/api/push-key',
    { schema: { summary: 'The key by which a browser subscribes to messages (Web Push)', response: { 200: shape.PushKey } } },
    () => ({ key: ownChannels.pushKey }),
  )

  app.get(
    '/api/channel-kinds/:kind/preview',
    {
      schema: {
        summary: 'An example of what a kind of channel sends; nothing is sent',
        params: shape.KindParams,
        response: { 200: shape.ChannelPreview, 404: ErrorAnswer },
      },
    },
    ({ params: { kind } }) => previewOf(kind),
  )

  app.get(
    '/api/channel-kinds/:kind/preview.html',
    { schema: { summary: 'The same as a page', params: shape.KindParams, produces: ['text/html'] } },
    ({ params: { kind } }, reply) => {
      const { html } = previewOf(kind)
      if (html === null) throw new HttpError(404, `Messages of ${kind} have no HTML.`)
      // Mails have styles of their own. No script runs, and the frame has no origin.
      return reply
        .type('text/html; charset=utf-8')
        .headers({
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
          'x-frame-options': 'SAMEORIGIN',
        })
        .send(html)
    },
  )

  app.post(
    '/api/channels',
    { schema: { summary: 'Adds a channel', body: shape.NewChannel, response: { 201: shape.Channel, ...refusals } } },
    async (request, reply) => {
      demandPerson(request)
      const { name, kind, fields } = request.body
      const made = await ownChannels.add(name, kind, fields).catch(refuse)
      reply.code(201)
      return views.channel(made)
    },
  )

  app.get(
    '/api/channels/:name',
    {
      schema: {
        summary: 'The form of a channel of the page, without its secrets',
        params: shape.ChannelParams,
        response: { 200: shape.FilledForm, ...refusals },
      },
    },
    async (request) => {
      demandPerson(request)
      try {
        return ownChannels.form(request.params.name)
      } catch (error) {
        return refuse(error)
      }
    },
  )

  app.put(
    '/api/channels/:name',
    {
      schema: {
        summary: 'Changes a channel of the page; a secret that is not given stays, unless the server changes',
        params: shape.ChannelParams,
        body: shape.ChangedChannel,
        response: { 200: shape.Channel, ...refusals },
      },
    },
    async (request) => {
      demandPerson(request)
      return views.channel(await ownChannels.edit(request.params.name, request.body.fields).catch(refuse))
    },
  )

  app.put(
    '/api/channels/:name/muted',
    {
      schema: {
        summary: 'Mutes a channel of the page, or ends that; a muted channel gets no messages',
        params: shape.ChannelParams,
        body: shape.Muting,
        response: { 200: shape.Channel, ...refusals },
      },
    },
    async (request) => {
      demandPerson(request)
      return views.channel(await ownChannels.mute(request.params.name, request.body.muted).catch(refuse))
    },
  )

  app.delete(
    '/api/channels/:name',
    {
      schema: {
        summary: 'Removes a channel of the page',
        params: shape.ChannelParams,
        response: { 204: Type.Null({ description: 'done' }), ...refusals },
      },
    },
    async (request, reply) => {
      demandPerson(request)
      await ownChannels.remove(request.params.name).catch(refuse)
      reply.code(204)
      return null
    },
  )
}

function kindOf(type: ChannelType): shape.ChannelKind {
  const { kind, form } = type
  const shown = form.isOfBrowser ? optionFields : fieldsOf(type)
  const fields = shown.map((field) => {
    const { name, label, hint, example, preset, choices, isOptional, isSecret } = field
    const isMore = optionFields.includes(field) || field.name === 'api'
    return {
      name,
      label,
      hint: hint ?? null,
      example: example ?? null,
      preset: preset ?? null,
      choices: choices?.map(({ value, label }) => ({ value, label })) ?? null,
      optional: isOptional === true,
      secret: isSecret === true,
      more: isMore,
    }
  })
  return {
    kind,
    browser: form.isOfBrowser === true,
    title: form.title,
    steps: form.steps.map(({ text, picture = {} }) => ({ text, picture })),
    fields,
  }
}

function refuse(error: unknown): never {
  if (!(error instanceof ChannelMistake)) throw error
  throw new FieldError(error.message, error.fields, statuses[error.reason])
}
