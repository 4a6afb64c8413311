import { ErrorAnswer } from '@hearthwatch/api/errors'
import { Login, LoginCode, Reach, Session } from '@hearthwatch/api/login'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { App, WebConfig } from '../app.ts'
import { type Access, cookieAge, cookieName } from '../http/access.ts'
import { HttpError } from '../http/errors.ts'
import { networkUrls } from '../http/lan.ts'

export function addLogin(app: App, access: Access, config: WebConfig, onLogout: () => void): void {
  const open = { open: true }
  const nothing = { 204: Type.Null({ description: 'done' }) }

  app.get(
    '/api/session',
    { config: open, schema: { summary: 'State of the session, and the way to log in', response: { 200: Session } } },
    (request) => {
      const authenticated = access.allows(request)
      const notice = authenticated && config.PAGE_NOTICE !== undefined && { notice: config.PAGE_NOTICE }
      const reader = access.isReader(request) && { reader: true }
      return { authenticated, ...reader, login: access.way, language: config.UI_LANGUAGE, installation: config.installation, ...notice }
    },
  )

  app.post(
    '/api/session',
    { config: open, bodyLimit: 4096, schema: { summary: 'Log in', body: Login, response: nothing } },
    async (request, reply) => {
      // Without a password and a token, a login needs no check.
      if (access.way !== 'none') setCookie(request, reply, await access.login(request, request.body), cookieAge)
      reply.code(204)
      return null
    },
  )

  app.post(
    '/api/session/codes',
    {
      schema: { summary: 'Makes a login for a phone, which works once within ten minutes', response: { 201: LoginCode, 403: ErrorAnswer } },
    },
    (request, reply) => {
      if (access.way !== 'password' || !access.isPerson(request))
        throw new HttpError(403, 'Only a person who has logged in with the password can make a login.')
      reply.code(201)
      return access.makeCode()
    },
  )

  app.get('/api/reach', { schema: { summary: 'Addresses of the page for other machines', response: { 200: Reach } } }, () => ({
    urls: networkUrls(config),
    container: config.installation === 'compose',
  }))

  app.delete('/api/session', { config: open, schema: { summary: 'Log out', response: nothing } }, (request, reply) => {
    access.logout(request)
    onLogout()
    setCookie(request, reply, '', 0)
    reply.code(204)
    return null
  })
}

/** True if the browser reached the page by HTTPS, also behind a proxy that does not say so. */
const isSecure = ({ protocol, headers: { origin } }: FastifyRequest) => protocol === 'https' || origin?.startsWith('https:') === true

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  reply.setCookie(cookieName, value, { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure(request), maxAge })
}
