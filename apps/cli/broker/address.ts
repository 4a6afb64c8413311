import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { hostOf, UsageError } from '../setup-request.ts'
import { namesOf } from './hostnames.ts'

/** The usual port by scheme. */
const ports: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 }

/**
 * The URL of a broker: `192.168.1.10` is `mqtts://192.168.1.10:8883`. A port and a scheme may be given.
 * @param scheme that of an address without one
 * @throws UsageError for a text that is no address
 */
export function brokerUrl(text: string, scheme: 'mqtt' | 'mqtts' = 'mqtts'): string {
  const plain = isIP(text) === 6 ? `[${text}]` : text
  const url = /^\w+:\/\//.test(plain) ? plain : `${scheme}://${plain}`
  if (hostOf(url) === undefined)
    throw new UsageError(
      `The broker's address must look like 192.168.1.10 or mqtts://192.168.1.10:8883; ${JSON.stringify(text)} is invalid.`,
    )
  const { protocol, port, pathname } = new URL(url)
  return port !== '' || pathname.length > 1 ? url.replace(/\/$/, '') : `${url.replace(/\/$/, '')}:${ports[protocol]}`
}

/** True for an address that leads each machine to itself. */
export function isLoopback(broker: string): boolean {
  const host = hostOf(broker) ?? ''
  return host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '::1' || host === '0.0.0.0' || host === '::'
}

/**
 * Addresses at which other machines may reach this one. The likeliest is first.
 * @param named in a container: the names of the broker's certificate, because it does not know the addresses of its host
 */
export async function ownAddresses(named?: readonly string[]): Promise<string[]> {
  const outward = await outwardAddress()
  const names = named?.filter((name) => !/^broker(\.|$)/.test(name)) ?? namesOf(hostname(), networkInterfaces())
  const all = names.filter((name) => isIP(name) === 4 && !isLoopback(`mqtts://${name}`))
  return [...new Set(outward !== undefined && all.includes(outward) ? [outward, ...all] : all)]
}

/** This machine's address on the way to others. No packet is sent: the address in it is reserved for documents. */
async function outwardAddress(): Promise<string | undefined> {
  const socket = createSocket('udp4')
  try {
    const connected = once(socket, 'connect')
    socket.connect(9, '192.0.2.1')
    await connected
    return socket.address().address
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}
