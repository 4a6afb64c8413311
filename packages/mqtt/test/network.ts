import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { Changes } from './changes.ts'

/** Packet types of MQTT 3.1.1 (section 2.2.1) by number. */
const types = [
  '',
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  '',
  '',
  'pingreq',
  'pingresp',
  'disconnect',
]

/** A TCP proxy between a link and its broker that tests can break. */
export interface Network {
  readonly port: number
  /** Types of the packets that the link has sent, on all connections. */
  readonly sent: readonly string[]
  readonly connections: number
  /** Cuts all connections. */
  cut(): void
  /** Cuts the connection when the link sends a packet of this type; the packet is lost. */
  cutAt(type: string): void
  /** While silent, no byte of the broker reaches the link. */
  silence(silent: boolean): void
  until(condition: () => boolean): Promise<void>
  end(): Promise<void>
}

/** Starts the proxy; it ends with the test, if one is given. */
export async function startNetwork(target: number, t?: TestContext): Promise<Network> {
  const changes = new Changes()
  const pairs = new Set<[Socket, Socket]>()
  const sent: string[] = []
  let connections = 0
  let trap: string | undefined
  let silent = false

  const server = createServer((link) => {
    connections += 1
    const broker = dial(target, '127.0.0.1')
    const pair: [Socket, Socket] = [link, broker]
    pairs.add(pair)
    const split = splitter()
    const close = () => {
      pairs.delete(pair)
      link.destroy()
      broker.destroy()
    }
    for (const socket of pair) {
      socket.setNoDelay()
      socket.on('error', close)
      socket.on('close', close)
    }
    link.on('data', (chunk) => {
      for (const packet of split(chunk)) {
        const type = types[(packet[0] as number) >> 4] as string
        sent.push(type)
        changes.signal()
        if (type === trap) {
          trap = undefined
          return close()
        }
        broker.write(packet)
      }
    })
    broker.on('data', (chunk) => {
      if (!silent) link.write(chunk)
    })
    changes.signal()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  const end = async () => {
    cut()
    server.close()
    await once(server, 'close')
  }
  t?.after(end)
  return {
    port: (server.address() as { port: number }).port,
    sent,
    get connections() {
      return connections
    },
    cut,
    cutAt(type) {
      trap = type
    },
    silence(value) {
      silent = value
    },
    until: (condition) => changes.until(condition),
    end,
  }
}

/** Splits a stream of bytes into MQTT packets. */
export function splitter(): (chunk: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const packets: Buffer[] = []
    for (;;) {
      let length = 0
      let at = 1
      for (; at < 5; at++) {
        const byte = rest[at]
        if (byte === undefined) return packets
        length += (byte & 0x7f) << (7 * (at - 1))
        if (byte < 0x80) break
      }
      const end = at + 1 + length
      if (rest.length < end) return packets
      packets.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
