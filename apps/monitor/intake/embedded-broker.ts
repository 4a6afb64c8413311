import { randomBytes } from 'node:crypto'
import { unwatchFile, watchFile } from 'node:fs'
import { join } from 'node:path'
import { type Broker, startBroker } from '@hearthwatch/broker'
import type { Log } from '@hearthwatch/log'
import { type Dialect, linkSettings } from '@hearthwatch/mqtt'
import type { Config } from '../config/config.ts'

export interface EmbeddedBroker extends Broker {
  /** The address and login of the monitor. */
  url: string
  username: string
  password: string
  /** Accepts other clients: the monitor is subscribed. */
  acceptClients(): void
}

/** Other clients are accepted after this time at the latest. ms */
const listenTimeout = 5000

/**
 * Without `MQTT_URL` the monitor starts its own broker, with the same password file and ACL that Mosquitto reads. The
 * monitor logs in with a password that exists only in this process.
 * @throws if the port is not free
 */
export async function startEmbeddedBroker(config: Config, log: Log): Promise<EmbeddedBroker> {
  const username = config.MQTT_USERNAME ?? 'monitor'
  const password = randomBytes(24).toString('base64url')
  const { promise: ready, resolve: acceptClients } = Promise.withResolvers<void>()
  setTimeout(acceptClients, listenTimeout).unref()
  const broker = await startBroker({
    host: config.BROKER_HOST,
    port: config.BROKER_PORT,
    passwordFile: join(config.brokerFiles, 'passwd'),
    aclFile: join(config.brokerFiles, 'acl'),
    users: { [username]: password },
    ready,
    ...(config.BROKER_TLS_PORT === 0
      ? {}
      : { tls: { port: config.BROKER_TLS_PORT, ...certificateOf(config), clients: clientsOf(config) } }),
    log: log.child('broker'),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') error.message += '; set BROKER_PORT, or MQTT_URL if that is a broker to be used'
    throw error
  })
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
  const host = everywhere[config.BROKER_HOST] ?? (config.BROKER_HOST.includes(':') ? `[${config.BROKER_HOST}]` : config.BROKER_HOST)
  log.info('the embedded broker listens', { host: config.BROKER_HOST, port: broker.port })
  return {
    ...broker,
    // It opens when setup has made a certificate.
    get tlsPort() {
      return broker.tlsPort
    },
    url: `mqtt://${host}:${broker.port}`,
    username,
    password,
    acceptClients,
  }
}

/** Interval at which the files are looked at. ms */
const watchInterval = 1000

/** Calls `onChange` when setup has changed the password file, the access list or the certificate. @returns the end of it */
export function watchBrokerFiles(config: Config, onChange: () => void): () => void {
  const files = ['passwd', 'acl', 'acl.made']
    .map((name) => join(config.brokerFiles, name))
    .concat(certificateOf(config).certFile, clientsOf(config)?.crlFile ?? [])
  const listener = ({ mtimeMs, ino }: { mtimeMs: number; ino: number }, before: { mtimeMs: number; ino: number }) => {
    if (mtimeMs !== before.mtimeMs || ino !== before.ino) onChange()
  }
  for (const file of files) watchFile(file, { interval: watchInterval, persistent: false }, listener)
  return () => {
    for (const file of files) unwatchFile(file, listener)
  }
}

function certificateOf({ brokerFiles }: Config): { certFile: string; keyFile: string } {
  return { certFile: join(brokerFiles, 'certs', 'server.crt'), keyFile: join(brokerFiles, 'certs', 'server.key') }
}

/** The files by which the port with TLS knows its clients; undefined: by their passwords. */
function clientsOf({ brokerFiles, BROKER_CLIENT_CERTIFICATES: setting }: Config) {
  if (setting === undefined) return undefined
  return { caFile: join(brokerFiles, 'certs', 'clients-ca.crt'), crlFile: join(brokerFiles, 'certs', 'clients.crl') }
}

/** The embedded broker does not speak MQTT 5. */
const ownDialect: Dialect = { version: '3.1.1' }

/** Address and login of the broker, embedded or external. */
export function addressOf(config: Config, own: EmbeddedBroker | null) {
  const { MQTT_URL, MQTT_USERNAME, MQTT_PASSWORD, clientId, tls } = config
  if (own) return { url: own.url, username: own.username, password: own.password, clientId, tls, dialect: ownDialect }
  return { url: MQTT_URL ?? '', username: MQTT_USERNAME, password: MQTT_PASSWORD, clientId, tls, dialect: linkSettings(config) }
}
