import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Config } from '../../config/config.ts'
import { acknowledgeLinks } from '../../notify/acknowledge-link.ts'
import { createWords } from '../../notify/text/words.ts'
import type { Alert } from '../../rules/alert.ts'
import { namesOf } from '../../store/names.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { createThrottle } from '../http/throttle.ts'
import { createAcknowledgePages, policy } from './acknowledge-page.ts'

export interface AcknowledgeOptions {
  config: Pick<Config, 'UI_LANGUAGE' | 'TZ'>
  store: Pick<Store, 'alerts' | 'notifications' | 'secrets' | 'labels' | 'rules'>
  acknowledge(ids: readonly number[]): Alert[]
  now(): number
  log: Log
}

const Params = Type.Object({ token: Type.String({ maxLength: 256 }) })

/**
 * Adds the page behind the signed link of a message, which needs no login. Opening it changes nothing, because mail
 * scanners open links, too; only the form or a program's POST acknowledges.
 */
export async function addAcknowledge(app: App, { config, store, acknowledge, now, log }: AcknowledgeOptions): Promise<void> {
  const links = acknowledgeLinks(store.secrets.key('acknowledge'))
  const pages = createAcknowledgePages(config.UI_LANGUAGE)
  const words = createWords({ language: config.UI_LANGUAGE, timeZone: config.TZ, names: namesOf(store) })
  const guesses = createThrottle({ perAddress: 20, overall: 200, window: minute })

  /** The firing alerts in the message of this link. @returns null if an error has been answered */
  function told(token: string, request: FastifyRequest, reply: FastifyReply): Alert[] | null {
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy)
    // With no-referrer, browsers would send forms without an origin.
    reply.header('referrer-policy', 'same-origin')
    const ticket = links.read(token, now())
    if (ticket === 'forged') {
      // 128 bits cannot be guessed: the throttle only limits noise, and valid links always work.
      const wait = guesses.wait(request.ip, now())
      guesses.fail(request.ip, now())
      if (wait === 0) reply.code(404).send(pages.forged())
      else
        reply
          .code(429)
          .header('retry-after', Math.ceil(wait / 1000))
          .send(pages.busy())
      return null
    }
    if (ticket === 'expired') {
      reply.code(410).send(pages.expired())
      return null
    }
    const contents = store.notifications.contentsOf(ticket.message)
    const ids = contents.flatMap((content) => (content.kind === 'alert' && content.transition !== 'resolved' ? [content.alert.id] : []))
    return [...new Set(ids)].flatMap((id) => store.alerts.get(id) ?? [])
  }

  const isOpen = ({ state, acknowledged }: Alert) => state !== 'resolved' && acknowledged === null

  // Only in this scope are forms accepted; their content is ignored.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 4096 }, (_, __, done) => done(null, undefined))
    scope.setSerializerCompiler(() => String)
    const options = { config: { open: true, signed: true }, schema: { hide: true, params: Params } }

    scope.get<{ Params: { token: string } }>('/a/:token', options, (request, reply) => {
      const alerts = told(request.params.token, request, reply)
      if (alerts === null) return reply
      const open = alerts.filter(isOpen)
      return reply.send(open.length > 0 ? pages.ask(open.map(words.sentence)) : pages.nothing(alerts.map(words.sentence)))
    })

    scope.post<{ Params: { token: string } }>('/a/:token', options, (request, reply) => {
      // The link may be used from any page. Without this header ntfy's page would show an error.
      reply.header('access-control-allow-origin', '*')
      const alerts = told(request.params.token, request, reply)
      if (alerts === null) return reply
      const open = alerts.filter(isOpen)
      if (open.length === 0) return reply.send(pages.nothing(alerts.map(words.sentence)))
      acknowledge(open.map(({ id }) => id))
      log.info('alerts were acknowledged by the link in a message', { alerts: open.map(({ id }) => id).join(' ') })
      return reply.send(pages.done(open.map(words.sentence)))
    })
  })
}
