import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { generate, type IConnackPacket, type Packet, parser } from 'mqtt-packet'

/** One connection of a client to the scripted broker. */
export interface Peer {
  /** Sends a packet of MQTT 5. */
  send(packet: Packet): void
  socket: Socket
}

/** A broker of MQTT 5 whose answers a test writes, for what no broker here does. Pings are answered. */
export interface ScriptedBroker {
  port: number
  /** All packets that it got, without pings. */
  received: readonly Packet[]
  readonly pings: number
}

export interface Script {
  /** Properties of CONNACK. */
  connack?: IConnackPacket['properties']
  /** Reason code of CONNACK. */
  refuse?: number
  /** @returns true if the packet was answered; otherwise it is accepted */
  onPacket?(packet: Packet, peer: Peer): boolean | undefined
}

export async function startScriptedBroker(t: TestContext, { connack = {}, refuse = 0, onPacket }: Script): Promise<ScriptedBroker> {
  const received: Packet[] = []
  let pings = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    const own = parser({ protocolVersion: 5 })
    const send = (packet: Packet) => socket.write(generate(packet, { protocolVersion: 5 }))
    own.on('packet', (packet: Packet) => {
      if (packet.cmd === 'pingreq') {
        pings += 1
        return send({ cmd: 'pingresp' })
      }
      received.push(packet)
      if (packet.cmd === 'connect') {
        send({ cmd: 'connack', reasonCode: refuse, sessionPresent: false, properties: connack })
        if (refuse > 0) socket.end()
      } else if (onPacket?.(packet, { send, socket })) return
      else if (packet.cmd === 'publish' && packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 })
      else if (packet.cmd === 'subscribe')
        send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(({ qos }) => qos) })
    })
    socket.on('error', () => {})
    socket.on('data', (bytes) => own.parse(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get pings() {
      return pings
    },
  }
}
