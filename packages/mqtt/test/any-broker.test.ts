import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import mqtt from 'mqtt'
import { kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { start } from './subject.ts'

const connack = Buffer.from([0x20, 2, 0, 0])
const suback = (packet: Buffer) => Buffer.from([0x90, 3, packet[2] ?? 0, packet[3] ?? 0, 0])

/** A broker that handles packets by hand, for what no broker here does. Each chunk is one packet: the link awaits each answer. */
async function startCrankyBroker(t: TestContext, onPacket: (socket: Socket, type: number, packet: Buffer) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (packet) => {
      const type = (packet[0] ?? 0) >> 4
      if (type === 1) socket.write(connack)
      else onPacket(socket, type, packet)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('A broker that closes the connection without a reason', () => {
  it('at a subscription is reported as a missing right, and never as a stolen client id', async (t) => {
    let connections = 0
    const port = await startCrankyBroker(t, (socket, type) => {
      if (type !== 8) return
      connections += 1
      socket.destroy()
    })
    const { reached, states } = start(t, port, { onConnect: (link) => link.subscribe({ 'home/#': 1 }) })
    assert.match(await reached('refused'), /closes the connection when we subscribe: may this user read these topics\?/)
    await eventually(() => connections > 4)
    assert.ok(!states.includes('taken'))
  })

  it('at a message of QoS 2 gets QoS 1 from then on, published and subscribed', async (t) => {
    const seen: string[] = []
    const port = await startCrankyBroker(t, (socket, type, packet) => {
      if (type === 8) {
        seen.push(`subscribe ${packet.at(-1)}`)
        socket.write(suback(packet))
      }
      if (type !== 3) return
      const qos = ((packet[0] ?? 0) >> 1) & 3
      seen.push(`publish ${qos}`)
      if (qos === 2) return void socket.destroy()
      const at = 4 + packet.readUInt16BE(2)
      socket.write(Buffer.from([0x40, 2, packet[at] ?? 0, packet[at + 1] ?? 0]))
    })
    const { link, reached, log } = start(t, port, { onConnect: (opened) => opened.subscribe({ command: 2 }) })
    await reached('connected')
    await assert.rejects(link.publish('device/pi-1/command', 'x', { qos: 2, retain: false }))
    await reached('connected')
    await link.publish('device/pi-1/command', 'x', { qos: 2, retain: false })
    assert.deepEqual(seen, ['subscribe 2', 'publish 2', 'subscribe 1', 'publish 1'])
    assert.equal(log.filter((line) => line.includes('QoS 1 is used from now on')).length, 1)
  })
})

for (const kind of kinds) {
  describe(`With ${kind.name} as the broker`, kind.need, () => {
    it('each filter has a SUBSCRIBE of its own', async (t) => {
      const broker = await kind.start()
      t.after(() => broker.end())
      const network = await startNetwork(broker.port, t)
      const filters = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a/${i}`, 1] as const))
      const { reached } = start(t, network.port, { onConnect: (link) => link.subscribe(filters) })
      await reached('connected')
      assert.equal(network.sent.filter((type) => type === 'subscribe').length, 9)
    })

    it('MQTT_MAX_QOS=1 sends commands at QoS 1', async (t) => {
      const broker = await kind.start()
      t.after(() => broker.end())
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
      t.after(() => client.endAsync(true))
      await client.subscribeAsync('command', { qos: 2 })
      const { link, reached } = start(t, broker.port, { maxQos: 1 })
      await reached('connected')
      const arrived = new Promise<number>((resolve) => client.once('message', (_topic, _payload, { qos }) => resolve(qos)))
      await link.publish('command', 'x', { qos: 2, retain: false })
      assert.equal(await arrived, 1)
    })

    it('a prefix parts two houses: topics, filters and wills have it at the broker alone', async (t) => {
      const broker = await kind.start()
      t.after(() => broker.end())
      const will = { topic: 'monitor/status', payload: 'offline', qos: 1, retain: false } as const
      const subscribe = { onConnect: (link: { subscribe(filters: object): Promise<void> }) => link.subscribe({ 'home/+/+': 1 }) }
      const seven = start(t, broker.port, { ...subscribe, clientId: 'seven', prefix: 'site-7/', will })
      const eight = start(t, broker.port, { ...subscribe, clientId: 'eight', prefix: 'site-8/' })
      await Promise.all([seven.reached('connected'), eight.reached('connected')])
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
      t.after(() => client.endAsync(true))
      const topics: string[] = []
      client.on('message', (topic) => topics.push(topic))
      await client.subscribeAsync('#', { qos: 1 })
      await seven.link.publish('home/kitchen/temperature', '21', { qos: 1, retain: false })
      await seven.until(() => seven.received.length > 0)
      assert.deepEqual(
        seven.received.map(({ topic }) => topic),
        ['home/kitchen/temperature'],
      )
      await eight.link.publish('home/kitchen/temperature', '22', { qos: 1, retain: false })
      await eight.until(() => eight.received.length > 0)
      assert.deepEqual(
        eight.received.map(({ payload }) => payload.toString()),
        ['22'],
      )
      await eventually(() => topics.length > 1)
      assert.deepEqual(topics, ['site-7/home/kitchen/temperature', 'site-8/home/kitchen/temperature'])
    })
  })
}
