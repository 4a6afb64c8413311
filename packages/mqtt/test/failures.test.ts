import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { freePort } from '@hearthwatch/testhouse/ports'
import { connect as openClient } from 'mqtt'
import { connect } from '../connect.ts'
import { type Broker, kinds } from './brokers.ts'
import { startNetwork } from './network.ts'
import { start } from './subject.ts'

const credentials = { username: 'ann', password: 'correct-horse' }

for (const kind of kinds) {
  describe(`a refusal by ${kind.name}`, kind.need, () => {
    let broker: Broker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker.end())

    it('a refused link reports the reason, retries without end, and connects once the broker accepts it', async (t) => {
      await broker.refuse(true)
      const network = await startNetwork(broker.port, t)
      const { reached, states, log } = start(t, network.port, credentials)
      assert.match(await reached('refused'), /^127\.0\.0\.1:\d+: the broker refused us: (not authorised|bad user name or password)/)
      await network.until(() => network.connections >= 5)
      await broker.refuse(false)
      await reached('connected')
      assert.deepEqual(
        states.filter((state) => state !== 'connecting'),
        ['refused', 'connected'],
      )
      assert.equal(log.filter((line) => line.includes('refused us')).length, 1)
      assert.doesNotMatch(log.join(''), /correct-horse/)
    })
  })

  describe(`a client id that two programs use at ${kind.name}`, kind.need, () => {
    let broker: Broker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker.end())

    it('a second program with our client id is recognised after three closes, reported once, and the link retries later', async (t) => {
      const { reached, until, states, log } = start(t, broker.port, { clientId: 'monitor' }, { takenWait: 100 })
      const rival = openClient(`mqtt://127.0.0.1:${broker.port}`, { clientId: 'monitor', reconnectPeriod: 5 })
      t.after(() => rival.endAsync(true))
      assert.match(await reached('taken'), /another program seems to use our client id "monitor"/)
      assert.ok(states.filter((state) => state === 'connected').length >= 1)
      assert.equal(log.filter((line) => line.includes('our client id')).length, 1)
      await rival.endAsync(true)
      const before = states.length
      await until(() => states.length > before && states.at(-1) === 'connected')
    })
  })
}

describe('a broker that cannot be reached', () => {
  const whyOf = async (t: Parameters<typeof start>[0], url: string, limits = {}) => {
    const { until, link, log, states } = start(t, 0, { url, ...credentials }, limits)
    const initially = link.why
    await until(() => link.why !== initially)
    assert.deepEqual(states, ['connecting'])
    assert.doesNotMatch(link.why + log.join(''), /correct-horse|hunter2/)
    return link.why
  }

  it('a port without a listener is reported', async (t) => {
    const port = await freePort()
    assert.equal(await whyOf(t, `mqtt://127.0.0.1:${port}`), `127.0.0.1:${port}: no program listens on this port: is the broker running?`)
    assert.match(await whyOf(t, `mqtt://bob:hunter2@localhost:${port}`), /^localhost:\d+: no program listens on this port/)
    assert.match(await whyOf(t, `ws://bob:hunter2@127.0.0.1:${port}/mqtt`), /^127\.0\.0\.1:\d+: no program listens on this port/)
    assert.match(await whyOf(t, `wss://127.0.0.1:${port}/mqtt`), /^127\.0\.0\.1:\d+: no program listens on this port/)
  })

  it('an unknown host name is reported', async (t) => {
    assert.match(await whyOf(t, 'mqtt://no-such-host.invalid'), /^no-such-host\.invalid:1883: the host name/)
  })

  it('a server that accepts the connection and sends nothing is reported', async (t) => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    assert.match(await whyOf(t, `mqtt://127.0.0.1:${port}`, { connectTimeout: 50 }), /no answer to CONNECT$/)
  })

  it('a server that speaks neither MQTT nor TLS is reported', async (t) => {
    const server = createServer((socket) => void socket.on('error', () => {}).write('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    )
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    assert.match(await whyOf(t, `mqtt://127.0.0.1:${port}`), /the server does not speak MQTT/)
    assert.match(await whyOf(t, `ws://127.0.0.1:${port}`), /the server does not speak MQTT/)
    assert.match(await whyOf(t, `mqtts://127.0.0.1:${port}`), /the server does not speak TLS/)
  })

  it('a server that sends an invalid packet after CONNACK ends the connection, not the program', async (t) => {
    const server = createServer((socket) => {
      const acknowledgements: Buffer[] = []
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        if (chunk[0] === 0x10) return socket.write(Buffer.from([0x20, 2, 0, 0]))
        // PUBLISH, QoS 1, on the topic "a" with no payload: 7 bytes, the last two are the packet identifier.
        for (let at = 0; at + 7 <= chunk.length; at += 7) acknowledgements.push(Buffer.from([0x40, 2, ...chunk.subarray(at + 5, at + 7)]))
        if (acknowledgements.length === 3) socket.write(Buffer.concat([...acknowledgements, Buffer.from([0x4f, 2, 0, 0])]))
      })
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { link, reached } = start(t, (server.address() as { port: number }).port, { clean: false })
    await reached('connected')
    const answers = Array.from({ length: 3 }, () => link.publish('a', '', { qos: 1, retain: false }))
    await Promise.all(answers.map((answer) => assert.rejects(answer, { name: 'NotConnected' })))
    await reached('connected')
  })

  it('connect throws for an invalid address', () => {
    const options = { clientId: 'x', clean: true, log: { warn() {} } as never, onConnect: async () => {}, onMessage: () => undefined }
    for (const url of ['', 'localhost:1883', 'http://localhost', 'mqtt://', 'mqtt:///x', 'ssl://bob:hunter2@host']) {
      assert.throws(() => connect({ url, ...options }), { name: 'TypeError', message: /must look like mqtt:\/\/host:1883/ })
    }
  })
})

describe('the watchdog', () => {
  const kind = kinds[1]
  assert.ok(kind)

  it('an attempt that hangs is abandoned for a new one', async (t) => {
    const broker = await kind.start()
    t.after(() => broker.end())
    const network = await startNetwork(broker.port, t)
    let attempts = 0
    const { reached, states } = start(
      t,
      network.port,
      {
        onConnect: () => {
          attempts += 1
          return attempts < 3 ? new Promise(() => {}) : Promise.resolve()
        },
      },
      { attempt: 60 },
    )
    assert.match(await reached('connecting'), /connecting to|the connection attempt timed out/)
    await reached('connected')
    assert.equal(attempts, 3)
    assert.deepEqual(states, ['connecting', 'connected'])
  })

  it('onStuck is called again and again while there is no connection, and the link goes on', async (t) => {
    const port = await freePort()
    const { promise, resolve } = Promise.withResolvers<void>()
    let calls = 0
    const onStuck = () => {
      if (++calls === 3) resolve()
    }
    const { log } = start(t, port, { onStuck }, { stuckAfter: 50 })
    await promise
    assert.match(log.join(''), /no connection for a long time why=/)
  })
})
