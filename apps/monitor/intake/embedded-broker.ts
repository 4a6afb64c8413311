import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Broker, startBroker } from '@hearthwatch/broker'
import type { Log } from '@hearthwatch/log'
import type { Config } from '../config.ts'

export interface EmbeddedBroker extends Broker {
  /** Where and as whom the monitor reaches it. */
  url: string
  username: string
  password: string
  /** Lets everybody else in: the monitor listens. */
  acceptClients(): void
}

/** Nobody waits longer for the monitor than this. ms */
const listenTimeout = 5000

/**
 * Without `MQTT_URL` the monitor brings its own broker, with the same password file and ACL that Mosquitto reads. The
 * monitor lets itself in by a password that lives as long as the process.
 * @throws if the port cannot be had
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
    log: log.child('broker'),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') error.message += '; set BROKER_PORT, or MQTT_URL if that is a broker to be used'
    throw error
  })
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
  const host = everywhere[config.BROKER_HOST] ?? (config.BROKER_HOST.includes(':') ? `[${config.BROKER_HOST}]` : config.BROKER_HOST)
  log.info('the embedded broker listens', { host: config.BROKER_HOST, port: broker.port })
  return { ...broker, url: `mqtt://${host}:${broker.port}`, username, password, acceptClients }
}

/** Where the broker is, ours or another, and as whom the monitor comes there. */
export function addressOf({ MQTT_URL, MQTT_USERNAME, MQTT_PASSWORD, clientId, tls }: Config, own: EmbeddedBroker | null) {
  if (own) return { url: own.url, username: own.username, password: own.password, clientId, tls }
  return { url: MQTT_URL ?? '', username: MQTT_USERNAME, password: MQTT_PASSWORD, clientId, tls }
}
