import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Login } from '@hearthwatch/api/login'
import type { Log } from '@hearthwatch/log'
import { minute } from '@hearthwatch/protocol/durations'
import type { FastifyRequest } from 'fastify'
import type { Sessions } from '../../store/sessions.ts'
import type { App } from '../app.ts'
import { HttpError } from './errors.ts'
import { isLoopbackHost } from './lan.ts'
import { createLoginCodes } from './login-codes.ts'
import type { Password } from './password.ts'
import { createThrottle, type Throttle } from './throttle.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a login. */
    open?: boolean
    /** The address has a signature, so a request is accepted from any origin: a mail program or another page. */
    signed?: boolean
    /** Changes nothing although it is no GET, so a reader may send it. */
    reads?: boolean
  }
}

export const cookieName = 'hearthwatch'
/** Lifetime of a session, s */
export const cookieAge = 30 * 24 * 3600

const guesses = { perAddress: 10, overall: 100, window: minute }

export type Access = ReturnType<typeof createAccess>

/** The passwords of the page. */
export interface PagePasswords {
  owner: Password | undefined
  /** Of those who may read and change nothing. */
  reader: Password | undefined
}

export interface AccessOptions {
  passwords: PagePasswords
  token: string | undefined
  sessions: Sessions
  now: () => number
  log: Log
}

/**
 * Grants access by a session of a password or by the API token. Without both, everyone on this machine has access. Each refused
 * login is logged with its address, for fail2ban and the like; the throttle bounds the lines.
 */
export function createAccess({ passwords: { owner, reader }, token, sessions, now, log }: AccessOptions) {
  const logins = createThrottle(guesses)
  const tokens = createThrottle(guesses)
  const codes = createLoginCodes(now)

  const bearer = (request: FastifyRequest) => /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const hasToken = (request: FastifyRequest) => token !== undefined && isSame(bearer(request) ?? '', token)
  // The hash uses the password's key, so a new password ends its sessions, and tells whose session it is.
  const nameOf = (cookie: string, { key }: Password) => createHmac('sha256', key).update(cookie).digest()
  const hasSession = (request: FastifyRequest, password: Password | undefined) => {
    const given = request.cookies[cookieName]
    return password !== undefined && given !== undefined && sessions.isValid(nameOf(given, password), now())
  }
  const isOpen = owner === undefined && token === undefined
  const isOwner = (request: FastifyRequest) => isOpen || hasSession(request, owner)
  const isReader = (request: FastifyRequest) => !isOwner(request) && !hasToken(request) && hasSession(request, reader)
  const allows = (request: FastifyRequest) => isOwner(request) || hasToken(request) || hasSession(request, reader)

  const refused = (request: FastifyRequest, why: string) => log.warn('a login was refused', { address: request.ip, why })

  async function passwordOf(given: string): Promise<Password | undefined> {
    if (await owner?.isRight(given)) return owner
    return (await reader?.isRight(given)) ? reader : undefined
  }

  return {
    /** The way to log in. */
    way: isOpen ? ('none' as const) : owner === undefined ? ('token' as const) : ('password' as const),

    /** True if the request has a valid session or token, or none is needed. */
    allows,

    /** True if the owner has logged in, or no login is needed: a token is for programs. */
    isPerson: isOwner,

    /** True if the request may read and change nothing. */
    isReader,

    /** @throws HttpError 401, or 429 after too many wrong tokens */
    demand(request: FastifyRequest): void {
      const guessing = token !== undefined && bearer(request) !== undefined
      if (guessing) refuse(tokens, request.ip, now())
      if (allows(request)) return
      if (guessing) {
        tokens.fail(request.ip, now())
        refused(request, 'wrong token')
      }
      throw new HttpError(401, 'Log in first.', { 'www-authenticate': 'Bearer' })
    },

    /** A login that works once, for another device of the owner. */
    makeCode: codes.make,

    /**
     * Starts a session with a new random cookie.
     * @returns the cookie's value
     * @throws HttpError 401 for a wrong password or code, 429 after too many
     */
    async login(request: FastifyRequest, given: Login): Promise<string> {
      if (owner === undefined) throw new HttpError(403, 'No password is set: use the API token.')
      const at = now()
      refuse(logins, request.ip, at)
      logins.fail(request.ip, at)
      const password = 'code' in given ? (codes.use(given.code) ? owner : undefined) : await passwordOf(given.password)
      if (password === undefined) {
        refused(request, 'code' in given ? 'wrong code' : 'wrong password')
        throw new HttpError(
          401,
          'code' in given ? 'This code was used already, or is older than ten minutes.' : 'That is not the password.',
        )
      }
      logins.forgive(request.ip, at)
      this.logout(request)
      sessions.removeExpired(now())
      const value = randomBytes(32).toString('base64url')
      sessions.add(nameOf(value, password), now() + cookieAge * 1000)
      return value
    },

    logout(request: FastifyRequest): void {
      const given = request.cookies[cookieName]
      for (const password of [owner, reader]) if (given !== undefined && password !== undefined) sessions.remove(nameOf(given, password))
    },
  }
}

/** Refuses requests that another site's page could have sent, and requests without access. */
export function guard(app: App, access: Access, publicUrl: string | undefined, log: Log): void {
  const publicHost = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.host
  const foreign = (request: FastifyRequest, why: string) => {
    const { origin, host } = request.headers
    log.warn(`request refused: ${why}`, { address: request.ip, origin, host })
    return new HttpError(403, `${why[0]?.toUpperCase()}${why.slice(1)}.`)
  }
  app.addHook('onRequest', async (request) => {
    // Without a login, the host name must be this machine's: DNS rebinding could point another site's name here.
    if (access.way === 'none' && !isLoopbackName(request.headers.host))
      throw new HttpError(403, 'Without a password this page is for this machine only. Set DASHBOARD_PASSWORD.')
    const { open, signed, reads } = request.routeOptions.config ?? {}
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (isRead ? access.way === 'none' && isEmbedded(request) : signed !== true && !isOwnOrigin(request, publicHost))
      throw foreign(request, 'this request came from another site; behind a proxy, set PUBLIC_URL to the address of the page')
    if (open === true) return
    access.demand(request)
    if (!isRead && reads !== true && access.isReader(request)) throw new HttpError(403, 'This login may only read.')
  })
}

/**
 * Browsers send these headers with every request that could change something; programs send none of them. No page can set
 * `Sec-Fetch-Site`, so it counts also behind a proxy that changes the host.
 */
function isOwnOrigin(request: FastifyRequest, publicHost: string | undefined): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin === undefined) return true
  const host = URL.parse(origin)?.host
  return host !== undefined && host !== '' && (host === request.host.toLowerCase() || host === publicHost)
}

/** True for a request that a page of another site makes, apart from a link that a person follows. */
function isEmbedded({ headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode } }: FastifyRequest): boolean {
  return (site === 'cross-site' || site === 'same-site') && mode !== 'navigate'
}

/** Checks the Host header itself: a page could forge the forwarded name. */
export function isLoopbackName(host: string | undefined): boolean {
  return isLoopbackHost(URL.parse(`http://${host ?? ''}`)?.hostname ?? '')
}

function refuse(throttle: Throttle, address: string, now: number): void {
  const wait = throttle.wait(address, now)
  if (wait > 0) throw new HttpError(429, 'Too many wrong tries. Wait a while.', { 'retry-after': String(Math.ceil(wait / 1000)) })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Compares in constant time: digests have equal lengths. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}
