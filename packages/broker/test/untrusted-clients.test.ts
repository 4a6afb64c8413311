import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type Broker, startBroker } from '@hearthwatch/broker'
import { createLog } from '@hearthwatch/log'
import { defaultLimits } from '../limits.ts'
import { passwordOf, provision } from './brokers.ts'
import { connectPacket } from './packets.ts'
import { connectAs, type TestClient } from './test-client.ts'

const lines: string[] = []
const log = createLog('broker', 'debug', (line) => lines.push(line))

describe('the embedded broker with hostile clients', () => {
  let files: Awaited<ReturnType<typeof provision>>
  let broker: Broker
  let monitor: TestClient
  let count = 0
  before(async () => {
    files = await provision()
    const session = { ...defaultLimits.session, messages: 20, bytes: 10_000 }
    const limits = { sockets: 20, drainTimeout: 300, connectTimeout: 300, session, retainedMessages: 3 }
    const [passwordFile, aclFile] = [join(files.folder, 'passwd'), join(files.folder, 'acl')]
    broker = await startBroker({ host: '127.0.0.1', port: 0, passwordFile, aclFile, log, limits })
    monitor = await connectAs(broker.port, 'monitor')
    await monitor.subscribe('home/#')
  })
  after(async () => {
    await monitor?.disconnect()
    await broker?.close()
    await files.remove()
  })
  const open = async (): Promise<Socket> => {
    const socket = connect(broker.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.resume()
    return socket
  }
  const otherClientsAreServed = async () => {
    const sensor = await connectAs(broker.port, 'pi-kitchen')
    const payload = `served ${++count}`
    await sensor.publish('home/kitchen/alert', payload)
    await monitor.receive((message) => message.payload === payload)
    await sensor.disconnect()
  }
  const login = (user: string) => connectPacket(user, passwordOf(user))

  it('the broker survives random bytes, before and after a login', async () => {
    for (let i = 0; i < 60; i++) {
      const socket = await open()
      if (i % 2) {
        socket.write(login('guest'))
        await once(socket, 'data')
      }
      socket.end(randomBytes(1 + ((i * 37) % 600)))
      if (!socket.closed) await once(socket, 'close')
    }
    await otherClientsAreServed()
  })

  it('the broker survives packets with one byte changed', async () => {
    const packets = [
      login('guest'),
      Buffer.from('300d0004612f622f68656c6c6f2121', 'hex'),
      Buffer.from('3209000261620001786975', 'hex'),
      Buffer.from('820a00010005612f622f230100', 'hex'),
      Buffer.from('a207000100032f2b2f', 'hex'),
      Buffer.from('620200014002000150020001700200016202ffff', 'hex'),
      Buffer.from('c000e000', 'hex'),
      Buffer.from('f000', 'hex'),
    ]
    for (const packet of packets) {
      for (let at = 0; at < packet.length; at++) {
        const changed = Buffer.from(packet)
        changed[at] = (changed[at] as number) ^ (1 << (at % 8)) ^ 0x81
        const socket = await open()
        if (packet !== packets[0]) {
          socket.write(login('guest'))
          await once(socket, 'data')
        }
        socket.end(changed)
        if (!socket.closed) await once(socket, 'close')
      }
    }
    await otherClientsAreServed()
  })

  it('a client that announces a huge packet is disconnected before it is received', async () => {
    const before = broker.counts.tooLarge
    for (const bytes of ['10ffffff7f', '30ffffffffff', '308180808000']) {
      const socket = await open()
      socket.write(Buffer.from(bytes, 'hex'))
      await once(socket, 'close')
    }
    assert.equal(broker.counts.tooLarge, before + 3)
    await otherClientsAreServed()
  })

  it('a client that sends half a CONNECT, or nothing, is disconnected', async () => {
    const [half, mute] = await Promise.all([open(), open()])
    half.write(login('guest').subarray(0, 12))
    await Promise.all([once(half, 'close'), once(mute, 'close'), otherClientsAreServed()])
  })

  it('connections above the limit are refused', async () => {
    const sockets = await Promise.all(Array.from({ length: 30 }, open))
    await otherClientsAreServed().catch(() => {})
    assert(broker.counts.tooMany > 0)
    await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')))
    await otherClientsAreServed()
  })

  it('a client that reads nothing is disconnected, and other clients are served meanwhile', async () => {
    const frozen = await open()
    frozen.write(login('guest'))
    await once(frozen, 'data')
    frozen.pause()
    frozen.write(Buffer.concat([Buffer.from([0x82, 11, 0, 1, 0, 6]), Buffer.from('home/#'), Buffer.from([0])]))
    const talker = await connectAs(broker.port, 'pi-living')
    const other = await connectAs(broker.port, 'pi-fridge')
    const isDisconnected = () => lines.some((line) => line.includes('user=guest error="drain timeout"'))
    for (let i = 0; !isDisconnected(); i++) {
      if (i < 100) talker.client.publish('home/living room/alert', 'x'.repeat(200_000))
      await other.publish('home/kitchen/alert', `${i}`)
    }
    frozen.destroy()
    await Promise.all([talker.disconnect(), other.disconnect()])
    await otherClientsAreServed()
  })

  it('the queue of an absent session is limited to the oldest messages', async () => {
    const away = await connectAs(broker.port, 'guest', { clean: false })
    await away.subscribe('home/+/alert')
    await away.disconnect()
    const sensor = await connectAs(broker.port, 'pi-kitchen')
    for (let i = 0; i < 30; i++) await sensor.publish('home/kitchen/alert', `${i}`)
    const back = await connectAs(broker.port, 'guest', { clean: false })
    await back.receive(({ payload }) => payload === '19')
    await sensor.publish('home/kitchen/alert', 'last')
    await back.receive(({ payload }) => payload === 'last')
    assert.deepEqual(
      back.messages.map(({ payload }) => payload),
      [...Array.from({ length: 20 }, (_, i) => `${i}`), 'last'],
    )
    assert.equal(broker.counts.full, 10)
    await Promise.all([back.disconnect(), sensor.disconnect()])
    await (await connectAs(broker.port, 'guest')).disconnect()
  })

  it('a message above the limit of retained messages is delivered but not retained', async () => {
    const guest = await connectAs(broker.port, 'guest')
    await guest.subscribe('home/+/+')
    for (const quantity of ['a', 'b', 'c', 'd', 'a']) await guest.publish(`home/attic/${quantity}`, 'new', { retain: true })
    await guest.receive(({ topic }) => topic === 'home/attic/d')
    await guest.disconnect()
    const late = await connectAs(broker.port, 'guest')
    await late.subscribe('home/attic/+')
    // The message that was retained last arrives last.
    await late.receive(({ topic }) => topic === 'home/attic/a')
    assert.deepEqual(
      late.messages.map(({ topic }) => topic.slice(-1)),
      ['b', 'c', 'a'],
    )
    for (const quantity of ['a', 'b', 'c']) await late.publish(`home/attic/${quantity}`, '', { retain: true })
    await late.disconnect()
  })

  it('the default limits are far above the needs of a house', () => {
    assert(defaultLimits.session.messages >= 100_000)
    assert(defaultLimits.retainedMessages >= 10_000)
    assert(defaultLimits.connectTimeout >= 10_000)
  })
})
