import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Sessions } from '../../store/sessions.ts'
import type { App } from '../app.ts'
import { HttpError } from './errors.ts'
import type { Password } from './password.ts'
import { createThrottle, type Throttle } from './throttle.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a login. */
    open?: boolean
    /** Its address is signed, and so says by itself who may send it: from wherever, a mail program or another page. */
    signed?: boolean
  }
}

export const cookieName = 'hearthwatch'
/** How long a login holds. s */
export const cookieAge = 30 * 24 * 3600

const guesses = { perAddress: 10, overall: 100, window: 60_000 }

export type Access = ReturnType<typeof createAccess>

/** Who may come in: whoever has the password (by a session), or the token; or everybody, who then is on this machine. */
export function createAccess(password: Password | undefined, token: string | undefined, sessions: Sessions, now: () => number) {
  const logins = createThrottle(guesses)
  const tokens = createThrottle(guesses)

  const bearer = (request: FastifyRequest) => /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const hasToken = (request: FastifyRequest) => token !== undefined && isSame(bearer(request) ?? '', token)
  // With the password's key: whoever changes it, because somebody knows it, has logged everybody out.
  const nameOf = (cookie: string) =>
    createHmac('sha256', password?.key ?? '')
      .update(cookie)
      .digest()
  const hasSession = (request: FastifyRequest) => {
    const given = request.cookies[cookieName]
    return password !== undefined && given !== undefined && sessions.isValid(nameOf(given), now())
  }
  const isOpen = password === undefined && token === undefined
  const allows = (request: FastifyRequest) => isOpen || hasToken(request) || hasSession(request)

  return {
    /** How people get in. */
    way: isOpen ? ('none' as const) : password === undefined ? ('token' as const) : ('password' as const),

    /** Whether this request may (still) see what is not for everybody. */
    allows,

    /** @throws HttpError 401, or 429 for whoever guesses */
    demand(request: FastifyRequest): void {
      const guessing = token !== undefined && bearer(request) !== undefined
      if (guessing) refuse(tokens, request.ip, now())
      if (allows(request)) return
      if (guessing) tokens.fail(request.ip, now())
      throw new HttpError(401, 'Log in first.', { 'www-authenticate': 'Bearer' })
    },

    /**
     * A new session for whoever knows the password; never one that was named from outside.
     * @returns the cookie's value
     * @throws HttpError 401, or 429 for whoever guesses
     */
    async login(request: FastifyRequest, given: string): Promise<string> {
      if (password === undefined) throw new HttpError(403, 'There is no password here: programs come in with the API token.')
      const at = now()
      refuse(logins, request.ip, at)
      logins.fail(request.ip, at)
      if (!(await password.isRight(given))) throw new HttpError(401, 'That is not the password.')
      logins.forgive(request.ip, at)
      this.logout(request)
      sessions.removeExpired(now())
      const value = randomBytes(32).toString('base64url')
      sessions.add(nameOf(value), now() + cookieAge * 1000)
      return value
    },

    logout(request: FastifyRequest): void {
      const given = request.cookies[cookieName]
      if (given !== undefined) sessions.remove(nameOf(given))
    },
  }
}

/** Lets nothing pass that somebody else's page could have sent, and nobody in who may not. */
export function guard(app: App, access: Access, publicUrl: string | undefined): void {
  const publicHost = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.host
  app.addHook('onRequest', async (request) => {
    // Without a login whoever reaches us is trusted, so it must not be a stranger's page whose name now points here.
    if (access.way === 'none' && !isLoopbackName(request.headers.host))
      throw new HttpError(403, 'Without a password this page is for this machine only. Set DASHBOARD_PASSWORD.')
    const { open, signed } = request.routeOptions.config ?? {}
    if (request.method !== 'GET' && request.method !== 'HEAD' && signed !== true && !isOwnOrigin(request, publicHost))
      throw new HttpError(403, 'This was sent by another page.')
    if (open !== true) access.demand(request)
  })
}

/** Programs send neither of these headers; browsers always do where it matters. */
function isOwnOrigin(request: FastifyRequest, publicHost: string | undefined): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site === 'cross-site' || site === 'same-site') return false
  if (origin === undefined) return true
  const host = URL.parse(origin)?.host
  return host !== undefined && host !== '' && (host === request.host.toLowerCase() || host === publicHost)
}

/** Not the forwarded name: that one a stranger's page could set. */
function isLoopbackName(host: string | undefined): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname ?? ''
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

function refuse(throttle: Throttle, address: string, now: number): void {
  const wait = throttle.wait(address, now)
  if (wait > 0) throw new HttpError(429, 'Too many wrong tries. Wait a while.', { 'retry-after': String(Math.ceil(wait / 1000)) })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** In the same time whatever is given: digests have one length. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}
