import { once } from 'node:events'
import { type AddressInfo, connect as dial } from 'node:net'
import { createSecureContext, createServer, type TLSSocket } from 'node:tls'
import type { Packet } from 'mqtt-packet'
import type { Mosquitto } from '../mosquitto.ts'
import { serve } from './connection.ts'
import type { PolicyDocument } from './policy.ts'

/** The server's certificate for `host`, and the authority of the things' certificates. */
export interface SimulatorOptions {
  /** The only name that clients may ask for by SNI. */
  host: string
  certificate: string
  key: string
  thingAuthority: string
  /** Policies by the name of the thing: the common name of its certificate. */
  policies: ReadonlyMap<string, readonly PolicyDocument[]>
  /** Keeps sessions and retained messages, and delivers. */
  broker: Pick<Mosquitto, 'port'>
  /** The clock by which messages and CONNECTs are counted, ms; default: that of the machine. */
  now?: () => number
}

export interface Simulator {
  /** Port that takes MQTT without ALPN, as 8883 of AWS. */
  readonly port: number
  /** Port that takes MQTT by the protocol `x-amzn-mqtt-ca` only, as 443 of AWS. */
  readonly alpnPort: number
  /** All that was refused, closed or dropped: `pi-1: a denied publish on home/attic/temperature`. */
  readonly violations: readonly string[]
  /** Accepted packets of a thing, by type: `publish`, `subscribe`, … */
  readonly seen: readonly { thing: string; packet: Packet }[]
  close(): Promise<void>
}

/**
 * Refuses what AWS IoT Core refuses, in front of a real Mosquitto. It checks TLS with SNI and ALPN, certificates of things, policies,
 * and the limits of `limits.ts`. It was written by the documents of AWS, and was never compared with the service.
 */
export async function startAwsSimulator(options: SimulatorOptions): Promise<Simulator> {
  const violations: string[] = []
  const seen: Simulator['seen'][number][] = []
  const sockets = new Set<TLSSocket>()
  /** Time of the last CONNECT, by client id. */
  const connects = new Map<string, number>()

  const listen = async (alpn: string[] | undefined) => {
    const server = createServer({
      cert: options.certificate,
      key: options.key,
      ca: options.thingAuthority,
      requestCert: true,
      rejectUnauthorized: true,
      ...(alpn && { ALPNProtocols: alpn }),
      SNICallback: (name, done) => {
        if (name === options.host)
          return done(null, createSecureContext({ cert: options.certificate, key: options.key, ca: options.thingAuthority }))
        violations.push(`an unknown host ${name}`)
        done(new Error('unknown host'))
      },
    })
    server.on('secureConnection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
      // Node calls SNICallback only if the client sends a name.
      const problem = !socket.servername ? 'no SNI' : alpn !== undefined && socket.alpnProtocol !== alpn[0] ? 'no ALPN' : undefined
      if (problem !== undefined) {
        violations.push(problem)
        return void socket.destroy()
      }
      const thing = String(socket.getPeerCertificate().subject.CN)
      serve(socket, dial(options.broker.port, '127.0.0.1'), {
        thing,
        policies: options.policies.get(thing) ?? [],
        connects,
        now: options.now ?? (() => performance.now()),
        onViolation: (what) => violations.push(`${thing}: ${what}`),
        onAccepted: (packet) => seen.push({ thing, packet }),
      })
    })
    server.on('tlsClientError', (error) => violations.push(`TLS: ${error.message}`))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const servers = [await listen(undefined), await listen(['x-amzn-mqtt-ca'])]
  const [port, alpnPort] = servers.map((server) => (server.address() as AddressInfo).port) as [number, number]
  return {
    port,
    alpnPort,
    violations,
    seen,
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}
