import type { AddressInfo } from 'node:net'
import type { Log } from '@hearthwatch/log'
import type { App } from '../app.ts'

/** The page's address or port is not available. */
export class ListenError extends Error {
  override name = 'ListenError'
}

/** The address to listen on: loopback only if no login is set. */
export function ownHost(wanted: string, log: Log): string {
  if (wanted === 'localhost' || wanted === '::1' || wanted.startsWith('127.')) {
    log.info('no DASHBOARD_PASSWORD and no API_TOKEN: the page needs no login and is reachable from this machine only')
    return wanted
  }
  log.warn('no DASHBOARD_PASSWORD and no API_TOKEN: HTTP_HOST is ignored; the page is reachable from this machine only', {
    HTTP_HOST: wanted,
  })
  return '127.0.0.1'
}

/**
 * @returns the address on this machine
 * @throws ListenError if the address or the port is not available
 */
export async function listen(app: App, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
    return urlOf(app.server.address() as AddressInfo)
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      EADDRINUSE: `Port ${port} of ${host} is in use already: stop what uses it, or set HTTP_PORT.`,
      EACCES: `Port ${port} is not for ordinary users: set HTTP_PORT to one above 1023.`,
      EADDRNOTAVAIL: `${host} is no address of this machine: set HTTP_HOST.`,
      ENOTFOUND: `${host} is no address of this machine: set HTTP_HOST.`,
    }
    throw new ListenError(reasons[code ?? ''] ?? `The page cannot be served on ${host}:${port}: ${message}`, { cause: error })
  }
}

function urlOf({ address, family, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  return `http://${host}:${port}`
}
