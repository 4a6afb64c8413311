import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import type { Log } from '@hearthwatch/log'

export interface TlsOptions {
  /** 0 for a free port. */
  port: number
  /** Default: all addresses of this machine. */
  host?: string
  /** PEM files. The listener starts when both exist. */
  certFile: string
  keyFile: string
}

/** The port with TLS. It never stops the broker: each problem is logged. */
export interface TlsListener {
  /** 0 while it does not listen. */
  readonly port: number
  /** Reads the certificate again, and begins to listen when there is one. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** Listens with TLS 1.2 or later. `accept` gets each connection after its handshake. */
export async function openTlsListener(
  { port, host, certFile, keyFile }: TlsOptions,
  accept: (socket: Socket) => void,
  log: Log,
): Promise<TlsListener> {
  let server: Server | undefined
  const reload = async () => {
    try {
      const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)])
      if (server !== undefined) return server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' })
      const fresh = createServer({ cert, key, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, accept)
      fresh.on('tlsClientError', (error, socket) => log.debug('TLS refused', { address: socket.remoteAddress ?? '', error }))
      fresh.listen({ port, host })
      await once(fresh, 'listening')
      fresh.on('error', (error) => log.error('the port with TLS cannot accept connections', { error }))
      server = fresh
      log.info('the embedded broker listens with TLS', { port: portOf(fresh) })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      log.error('sensors on other machines cannot connect: the broker cannot listen with TLS', { port, error })
    }
  }
  await reload()
  return {
    get port() {
      return server === undefined ? 0 : portOf(server)
    },
    reload,
    async close() {
      if (server === undefined) return
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
