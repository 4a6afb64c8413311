import type { IClientOptions } from 'mqtt'
import type { LinkOptions } from '../link.ts'

/** The parts of a broker's URL, with the credentials. */
export interface Address {
  /** `host:port` for messages to people; never with credentials. */
  readonly hostPort: string
  readonly secure: boolean
  readonly options: IClientOptions
}

/** The usual port by the protocol of a broker's URL. */
export const ports = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 } as const

/**
 * Parses the URL here, not in mqtt.js. mqtt.js would prefer a user name in the URL to the one in the settings.
 * It would also turn `mqtt` into `mqtts` if a certificate is given, and guess an unknown protocol.
 * @throws TypeError for a URL that is no broker's address
 */
export function readAddress({ url, username, password, ca, cert, key, alpn }: LinkOptions): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const port = ports[parsed?.protocol as keyof typeof ports]
  if (parsed === undefined || port === undefined || parsed.hostname === '') {
    throw new TypeError('the address of the broker must look like mqtt://host:1883, with mqtt, mqtts, ws or wss')
  }
  const webSocket = parsed.protocol.startsWith('ws')
  const secure = parsed.protocol === 'mqtts:' || parsed.protocol === 'wss:'
  const givenPort = parsed.port === '' ? port : Number(parsed.port)
  const options: IClientOptions = {
    protocol: parsed.protocol.slice(0, -1) as 'mqtt' | 'mqtts' | 'ws' | 'wss',
    // An IPv6 address needs its brackets where mqtt.js builds a URL from it.
    hostname: webSocket ? parsed.hostname : parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: givenPort,
  }
  if (webSocket) options.path = parsed.pathname + parsed.search
  if (secure)
    Object.assign(options, { rejectUnauthorized: true }, ca && { ca }, cert && { cert }, key && { key }, alpn && { ALPNProtocols: [alpn] })
  const user = username ?? (decodeURIComponent(parsed.username) || undefined)
  if (user !== undefined) options.username = user
  const secret = password ?? (decodeURIComponent(parsed.password) || undefined)
  // MQTT 3.1.1 has no password without a user name.
  if (user !== undefined && secret !== undefined) options.password = secret
  return { hostPort: `${parsed.hostname}:${givenPort}`, secure, options }
}
