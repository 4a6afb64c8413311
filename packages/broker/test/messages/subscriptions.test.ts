import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { aedesHandlers, type HandlerOptions } from '../../handlers.ts'
import { defaultLimits } from '../../limits.ts'
import { kinds, passwordOf, startEmbedded, type TestBroker } from '../brokers.ts'
import { connectPacket, subscribePacket } from '../packets.ts'
import { connectAs, type Message } from '../test-client.ts'

for (const kind of kinds) {
  // Mosquitto 2.0 delivers at the QoS of the filter that it finds first.
  const isMosquitto = kind.name === 'Mosquitto'
  const atHighest = isMosquitto ? 'at any QoS' : 'at the highest QoS that it has asked for'
  const seen = ({ payload, qos }: Message) => (isMosquitto ? [payload] : [payload, qos])
  const expected = (rows: [string, number][]) => rows.map((row) => row.slice(0, isMosquitto ? 1 : 2))

  describe(`${kind.name}: overlapping subscriptions`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    for (const clean of [true, false]) {
      const session = clean ? 'a clean session' : 'a persistent session'

      it(`a message is delivered once to ${session}, ${atHighest}`, async () => {
        const guest = await connectAs(broker.port, 'guest', { clean })
        await guest.client.subscribeAsync({ 'home/+/alert': { qos: 0 }, 'home/#': { qos: 2 }, '+/kitchen/alert': { qos: 1 } })
        const sensor = await connectAs(broker.port, 'pi-kitchen')
        for (const qos of [0, 1, 2] as const) await sensor.publish('home/kitchen/alert', `QoS ${qos}`, { qos })
        await guest.receive(({ payload }) => payload === 'QoS 2')
        await guest.client.unsubscribeAsync('home/#')
        await sensor.publish('home/kitchen/alert', 'after UNSUBSCRIBE', { qos: 2 })
        await guest.client.subscribeAsync('+/kitchen/alert', { qos: 0 })
        await sensor.publish('home/kitchen/alert', 'with a lower QoS', { qos: 2 })
        await guest.client.unsubscribeAsync(['home/+/alert', '+/kitchen/alert'])
        await sensor.publish('home/kitchen/alert', 'unsubscribed')
        await guest.client.subscribeAsync('home/+/temperature')
        await sensor.publish('home/kitchen/temperature', '21')
        await guest.receive(({ payload }) => payload === '21')
        assert.deepEqual(
          guest.messages.map(seen),
          expected([
            ['QoS 0', 0],
            ['QoS 1', 1],
            ['QoS 2', 2],
            ['after UNSUBSCRIBE', 1],
            ['with a lower QoS', 0],
            ['21', 0],
          ]),
        )
        await Promise.all([guest.disconnect(), sensor.disconnect()])
        await (await connectAs(broker.port, 'guest')).disconnect()
      })
    }

    it(`a restored session receives queued and live messages once, ${atHighest}`, async () => {
      const away = await connectAs(broker.port, 'guest', { clean: false })
      await away.client.subscribeAsync({ 'home/+/alert': { qos: 2 }, 'home/#': { qos: 1 } })
      await away.disconnect()
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/alert', 'queued', { qos: 2 })
      const back = await connectAs(broker.port, 'guest', { clean: false })
      await sensor.publish('home/kitchen/alert', 'live', { qos: 2 })
      await sensor.publish('home/kitchen/temperature', '21', { qos: 2 })
      await back.receive(({ payload }) => payload === '21')
      assert.deepEqual(
        back.messages.map(seen),
        expected([
          ['queued', 2],
          ['live', 2],
          ['21', 1],
        ]),
      )
      await Promise.all([back.disconnect(), sensor.disconnect()])
      await (await connectAs(broker.port, 'guest')).disconnect()
    })
  })
}

describe('the embedded broker bounds subscriptions', () => {
  const lines: string[] = []
  const log = createLog('broker', 'debug', (line) => lines.push(line))
  const filters = (count: number) => Array.from({ length: count }, (_, i) => `x/${i}`)
  const login = async (port: number, user: string, flags = 0xc0): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.write(connectPacket(user, passwordOf(user), { flags }))
    await once(socket, 'data')
    return socket
  }
  /** The SUBACK, of which `bytes` are expected. */
  const answer = async (socket: Socket, packet: Buffer, bytes: number) => {
    const received: Buffer[] = []
    socket.write(packet)
    while (Buffer.concat(received).length < bytes) received.push((await once(socket, 'data'))[0])
    return Buffer.concat(received)
  }

  it('a SUBSCRIBE with 15,000 or 20,000 filters is refused at once, and others are served meanwhile', async () => {
    const broker = await startEmbedded({}, log)
    const monitor = await connectAs(broker.port, 'monitor')
    await monitor.subscribe('home/#')
    const sensor = await connectAs(broker.port, 'pi-kitchen')
    const socket = await login(broker.port, 'pi-living')
    for (const count of [15_000, 20_000]) {
      const start = process.cpuUsage()
      const suback = answer(socket, subscribePacket(1, filters(count)), count + (count < 2 ** 14 ? 5 : 6))
      await sensor.publish('home/kitchen/alert', `beside ${count}`)
      await monitor.receive(({ payload }) => payload === `beside ${count}`)
      assert.deepEqual(new Set((await suback).subarray(-count)), new Set([0x80]))
      // With a cost for each pair of filters it takes 27 s of CPU.
      assert(process.cpuUsage(start).user < 5_000_000)
    }
    const granted = await answer(socket, subscribePacket(2, ['home/#']), 5)
    assert.deepEqual([...granted], [0x90, 3, 0, 2, 1])
    assert.equal(broker.counts.filtersRefused, 35_000)
    assert.equal(lines.filter((line) => /subscription refused: too many topic filters in a packet user=pi-living/.test(line)).length, 1)
    socket.destroy()
    await Promise.all([monitor.disconnect(), sensor.disconnect()])
    await broker.stop()
  })

  it('a thousand filters in a packet are granted, and a client has a limit for all of its filters', async () => {
    lines.splice(0)
    const session = { ...defaultLimits.session, filters: { count: 1500, bytes: 1_000_000 } }
    const broker = await startEmbedded({ session }, log)
    for (const flags of [0xc2, 0xc0]) {
      const socket = await login(broker.port, 'pi-kitchen', flags)
      const first = await answer(socket, subscribePacket(1, filters(1000)), 1005)
      assert.deepEqual(new Set(first.subarray(5)), new Set([1]))
      const second = await answer(socket, subscribePacket(2, [...filters(10), ...filters(1900).slice(1000)]), 915)
      assert.deepEqual(
        [second.subarray(5).filter((code) => code === 1).length, second.subarray(5).filter((code) => code === 0x80).length],
        [510, 400],
      )
      socket.destroy()
    }
    assert.equal(lines.filter((line) => /subscription refused: the client has too many topic filters user=pi-kitchen/.test(line)).length, 1)
    assert.equal(broker.counts.filtersRefused, 800)
    await broker.stop()
  })

  it('a filter that is refused is not restored with its session', async () => {
    const broker = await startEmbedded()
    for (const expected of [false, true]) {
      const guest = await connectAs(broker.port, 'guest', { clean: false }, (client) =>
        client.once('connect', ({ sessionPresent }) => assert.equal(sessionPresent, expected)),
      )
      if (!expected) await guest.client.subscribeAsync({ '$share/group/home/#': { qos: 1 }, 'home/+/alert': { qos: 1 } }).catch(() => {})
      const sensor = await connectAs(broker.port, 'pi-kitchen')
      await sensor.publish('home/kitchen/temperature', '21')
      await sensor.publish('home/kitchen/alert', 'end')
      await guest.receive(({ payload }) => payload === 'end')
      assert.equal(guest.messages.length, 1)
      await Promise.all([guest.disconnect(), sensor.disconnect()])
    }
    await broker.stop()
  })
})

describe('a message of QoS 3', () => {
  it('is neither accepted as a will nor delivered to any client', async () => {
    const access = { allows: () => true, admits: async () => true, reload: async () => {}, credential: () => '' }
    const handlers = aedesHandlers({ access } as unknown as HandlerOptions)
    const [client, packet] = [{ id: 'x' }, { topic: 'a', qos: 3, payload: '' }] as never[]
    assert.equal(handlers.authorizeForward(client as never, packet as never), null)
    await assert.rejects(
      new Promise<void>((resolve, reject) => {
        handlers.authorizePublish(client as never, packet as never, (error?: Error | null) => (error ? reject(error) : resolve()))
      }),
      /not a QoS/,
    )
  })
})
