import type { IClientOptions } from 'mqtt'
import type { LinkOptions } from './link.ts'

/** Where the broker is and who we are, taken apart. */
export interface Address {
  /** `host:port` for messages to people; never with credentials. */
  readonly place: string
  readonly secure: boolean
  readonly options: IClientOptions
}

const ports = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 } as const

/**
 * Takes the address apart ourselves instead of leaving it to mqtt.js, which would prefer a user name in the URL to the
 * one in the settings, turn `mqtt` into `mqtts` where a certificate is given, and guess at a protocol that it does not know.
 * @throws TypeError for an address that is none
 */
export function readAddress({ url, username, password, ca, cert, key }: LinkOptions): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const port = ports[parsed?.protocol as keyof typeof ports]
  if (parsed === undefined || port === undefined || parsed.hostname === '') {
    throw new TypeError('the address of the broker must look like mqtt://host:1883, with mqtt, mqtts, ws or wss')
  }
  const webSocket = parsed.protocol.startsWith('ws')
  const secure = parsed.protocol === 'mqtts:' || parsed.protocol === 'wss:'
  const own = parsed.port === '' ? port : Number(parsed.port)
  const options: IClientOptions = {
    protocol: parsed.protocol.slice(0, -1) as 'mqtt' | 'mqtts' | 'ws' | 'wss',
    // An IPv6 address keeps its brackets where mqtt.js puts a URL together again.
    hostname: webSocket ? parsed.hostname : parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: own,
  }
  if (webSocket) options.path = parsed.pathname + parsed.search
  if (secure) Object.assign(options, { rejectUnauthorized: true }, ca && { ca }, cert && { cert }, key && { key })
  const user = username ?? (decodeURIComponent(parsed.username) || undefined)
  if (user !== undefined) options.username = user
  const word = password ?? (decodeURIComponent(parsed.password) || undefined)
  // MQTT 3.1.1 knows no password without a user name.
  if (user !== undefined && word !== undefined) options.password = word
  return { place: `${parsed.hostname}:${own}`, secure, options }
}
