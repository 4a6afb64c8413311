import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { kinds } from './brokers.ts'
import { splitter, startNetwork } from './network.ts'
import { start } from './subject.ts'

type Answer = (socket: Socket) => void

const accept: Answer = (socket) => socket.write(Buffer.from([0x20, 2, 0, 0]))

/** A broker that refuses MQTT 5 in one way. `connects` has the level of each CONNECT. @param answer its answer to MQTT 3.1.1 */
async function startOldBroker(t: TestContext, refuse: Answer, answer = accept) {
  const connects: number[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    const split = splitter()
    socket.on('data', (chunk) => {
      for (const packet of split(chunk)) {
        const type = (packet[0] ?? 0) >> 4
        if (type === 3) socket.write(Buffer.from([0x40, 2, ...packet.subarray(5, 7)]))
        if (type !== 1) continue
        const level = packet[8] ?? 0
        connects.push(level)
        if (level === 5) refuse(socket)
        else answer(socket)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as AddressInfo).port, connects }
}

const refusals: Record<string, Answer> = {
  'a CONNACK of MQTT 3.1.1 with the code 1': (socket) => socket.end(Buffer.from([0x20, 2, 0, 1])),
  'a CONNACK of MQTT 5 with the code 0x84': (socket) => socket.end(Buffer.from([0x20, 3, 0, 0x84, 0])),
  'a close': (socket) => socket.end(),
  'a reset of the connection': (socket) => socket.resetAndDestroy(),
  'a CONNACK of MQTT 3.1.1 that accepts it': accept,
}

describe('A broker that answers MQTT 5 by', { concurrency: true }, () => {
  for (const [name, refuse] of Object.entries(refusals))
    it(`${name} is spoken to by 3.1.1 at once and from then on, which is logged once`, async (t) => {
      const broker = await startOldBroker(t, refuse)
      const network = await startNetwork(broker.port, t)
      // A pause before the second attempt would outlast the test.
      const { reached, until, states, log, link } = start(t, network.port, {}, { firstWait: 60_000, stableAfter: 0 })
      await reached('connected')
      assert.deepEqual(states, ['connected'])
      await link.publish('a', '', { qos: 1, retain: false })
      network.cut()
      await until(() => states.length > 1)
      assert.deepEqual(broker.connects, [5, 4])
      const lines = log.filter((line) => line.includes('MQTT 5'))
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', /INFO .*the broker refuses MQTT 5; MQTT 3\.1\.1 is used until the next start/)
      assert.equal(log.filter((line) => line.includes('WARN')).length, 1, 'only the cut')
    })

  it('a close, and does not accept 3.1.1 either, gets 5 and 3.1.1 again at the next attempt', async (t) => {
    const close: Answer = (socket) => socket.destroy()
    const { port, connects } = await startOldBroker(t, close, close)
    const { log, reached } = start(t, port)
    assert.match(await reached('connecting'), /connecting to|closed without an answer/)
    await eventually(() => connects.length >= 6)
    assert.deepEqual(connects.slice(0, 6), [5, 4, 5, 4, 5, 4])
    assert.equal(log.filter((line) => line.includes('refuses MQTT 5')).length, 0)
  })
})

describe('The setting MQTT_VERSION', () => {
  it('5 never falls back, and the reason names the version', async (t) => {
    const broker = await startOldBroker(t, refusals['a CONNACK of MQTT 3.1.1 with the code 1'] as Answer)
    const { reached, link } = start(t, broker.port, { version: '5' })
    assert.match(await reached('refused'), /it does not speak this version of MQTT/)
    assert.match(link.reason['zh-TW'], /它不支援這個版本的 MQTT/)
    assert.ok(!broker.connects.includes(4))
  })

  it('3.1.1 offers no other version', async (t) => {
    const broker = await startOldBroker(t, (socket) => socket.destroy())
    const { reached } = start(t, broker.port, { version: '3.1.1' })
    await reached('connected')
    assert.deepEqual(broker.connects, [4])
  })

  for (const kind of kinds)
    it(`auto uses ${kind.name === 'Mosquitto' ? '5 with Mosquitto' : '3.1.1 with aedes'}`, kind.need, async (t) => {
      const broker = await kind.start()
      t.after(() => broker.end())
      const { reached, log } = start(t, broker.port)
      await reached('connected')
      assert.match(log.join(''), kind.name === 'Mosquitto' ? /connected .*mqtt=5/ : /connected .*mqtt=3\.1\.1/)
    })
})

describe('A session', need('mosquitto'), () => {
  const kind = kinds[0]
  assert.ok(kind)
  const will = { topic: 'will', payload: 'offline', qos: 1, retain: true } as const
  const subscribe = { onConnect: (link: { subscribe(filters: object): Promise<void> }) => link.subscribe({ 'a/#': 1, will: 1 }) }

  for (const [before, after] of [
    ['3.1.1', '5'],
    ['5', '3.1.1'],
    ['5', '5'],
  ] as const)
    it(`of MQTT ${before} is taken over by MQTT ${after}, with the messages that were queued`, async (t) => {
      const broker = await kind.start()
      t.after(() => broker.end())
      const first = start(t, broker.port, { clientId: 'monitor', clean: false, version: before, ...subscribe })
      await first.reached('connected')
      await first.link.close()
      const other = start(t, broker.port, { clientId: 'other' })
      await other.reached('connected')
      for (const text of ['1', '2', '3']) await other.link.publish('a/x', text, { qos: 1, retain: false })
      const sessions: boolean[] = []
      const onConnect = async (_: unknown, { present }: { present: boolean }) => void sessions.push(present)
      const second = start(t, broker.port, { clientId: 'monitor', clean: false, version: after, onConnect })
      await second.until(() => second.received.length === 3)
      assert.deepEqual(
        second.received.map(({ payload }) => payload.toString()),
        ['1', '2', '3'],
      )
      assert.deepEqual(sessions, [true])
    })

  it('with `clean` ends with its connection in MQTT 5, too', async (t) => {
    const broker = await kind.start()
    t.after(() => broker.end())
    const sessions: boolean[] = []
    const onConnect = async (_: unknown, { present }: { present: boolean }) => void sessions.push(present)
    for (const clean of [true, false]) {
      const { reached, link } = start(t, broker.port, { clientId: 'x', version: '5', clean, onConnect })
      await reached('connected')
      await link.close()
    }
    assert.deepEqual(sessions, [false, false])
  })

  it('whose connection breaks has its will published at once, and one that ends in order has none', async (t) => {
    const broker = await kind.start()
    t.after(() => broker.end())
    const network = await startNetwork(broker.port, t)
    const watcher = start(t, broker.port, { clientId: 'watcher', ...subscribe })
    await watcher.reached('connected')
    const one = start(t, network.port, { clientId: 'one', clean: false, version: '5', will }, { firstWait: 60_000 })
    await one.reached('connected')
    await one.link.close()
    const two = start(
      t,
      network.port,
      { clientId: 'two', clean: false, version: '5', will: { ...will, payload: 'broken' } },
      { firstWait: 60_000 },
    )
    await two.reached('connected')
    network.cut()
    await watcher.until(() => watcher.received.length > 0)
    assert.deepEqual(
      watcher.received.map(({ payload }) => payload.toString()),
      ['broken'],
    )
  })
})
