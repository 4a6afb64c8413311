import { constants } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server, TLSSocket } from 'node:tls'
import type { Log } from '@hearthwatch/log'

export interface TlsOptions {
  /** 0 for a free port. */
  port: number
  /** Default: all addresses of this machine. */
  host?: string
  /** PEM files. The listener starts when both exist. */
  certFile: string
  keyFile: string
  /** Requires a certificate of each client, whose name (CN) is the user. */
  clients?: ClientCertificates | undefined
}

/** PEM files. Without them the port accepts no client. */
export interface ClientCertificates {
  /** The authorities that sign the clients' certificates. */
  caFile: string
  /** Their lists of revoked certificates. */
  crlFile: string
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
  { port, host, certFile, keyFile, clients }: TlsOptions,
  accept: (socket: Socket) => void,
  log: Log,
): Promise<TlsListener> {
  let server: Server | undefined
  const reload = async () => {
    try {
      const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)])
      const context = { cert, key, minVersion: 'TLSv1.2' as const, ...(clients === undefined ? {} : await requireClients(clients)) }
      if (server !== undefined) return server.setSecureContext(context)
      const fresh = createServer({ ...context, requestCert: clients !== undefined, handshakeTimeout: 10_000 }, accept)
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

async function requireClients({ caFile, crlFile }: ClientCertificates) {
  const [ca, crl] = await Promise.all([readFile(caFile, 'utf8'), readFile(crlFile, 'utf8')])
  const lists = crl.match(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g) ?? []
  // A resumed session would not check the certificate again, and so not the list of revoked ones.
  return { ca, crl: lists, secureOptions: constants.SSL_OP_NO_TICKET }
}

/** The user that a connection's certificate proves; undefined without a certificate that the port has required. */
export function identityOf(socket: unknown): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const name: unknown = socket.getPeerCertificate().subject?.CN
  return typeof name === 'string' ? name : undefined
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}
