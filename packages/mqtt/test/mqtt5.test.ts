import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { week } from '@hearthwatch/protocol/durations'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import type { Packet } from 'mqtt-packet'
import type { Link } from '../link.ts'
import { startScriptedBroker } from './scripted-broker.ts'
import { start } from './subject.ts'

const qos1 = { qos: 1, retain: false } as const
const subscribing = { onConnect: (link: Link) => link.subscribe({ 'home/#': 2 }) }

describe('The CONNECT of MQTT 5', () => {
  for (const clean of [true, false])
    it(`asks for ${clean ? 'a session that ends with the connection' : 'a session of a week'}, and states our window`, async (t) => {
      const broker = await startScriptedBroker(t, {})
      const { reached } = start(t, broker.port, { clean, keepalive: 33 }, { unacknowledged: 321 })
      await reached('connected')
      const [connect] = broker.received
      assert.ok(connect?.cmd === 'connect')
      assert.equal(connect.clean, clean)
      assert.equal(connect.keepalive, 33)
      assert.deepEqual(connect.properties, { sessionExpiryInterval: clean ? 0 : week / 1000, receiveMaximum: 321 })
    })
})

describe('A broker of MQTT 5 that announces a limit', () => {
  it('of unacknowledged messages gets no more of them, and those that wait are sent in order', async (t) => {
    const waiting: number[] = []
    let most = 0
    const broker = await startScriptedBroker(t, {
      connack: { receiveMaximum: 3 },
      onPacket(packet, { send }) {
        if (packet.cmd !== 'publish' || packet.qos === 0) return
        waiting.push(packet.messageId ?? 0)
        most = Math.max(most, waiting.length)
        setTimeout(() => send({ cmd: 'puback', messageId: waiting.shift() ?? 0, reasonCode: 0 }), 5)
        return true
      },
    })
    const { link, reached } = start(t, broker.port)
    await reached('connected')
    const all = Array.from({ length: 20 }, (_, i) => link.publish('a', `${i}`, qos1))
    await link.publish('b', 'QoS 0 does not wait', { qos: 0, retain: false })
    await Promise.all(all)
    assert.equal(most, 3)
    const texts = broker.received.flatMap((packet) => (packet.cmd === 'publish' && packet.qos === 1 ? [packet.payload.toString()] : []))
    assert.deepEqual(
      texts,
      Array.from({ length: 20 }, (_, i) => `${i}`),
    )
  })

  it('of QoS, or no retained messages and no wildcards, gets none of them', async (t) => {
    const broker = await startScriptedBroker(t, {
      connack: { maximumQoS: 1, retainAvailable: false, wildcardSubscriptionAvailable: false },
    })
    const { link, reached, log } = start(t, broker.port)
    await reached('connected')
    await link.publish('command', 'x', { qos: 2, retain: true })
    await link.subscribe({ command: 2 })
    await assert.rejects(link.subscribe({ 'home/+': 1 }), { name: 'Refused', message: /home\/\+ \(no wildcards at this broker\)/ })
    const [, publish, subscribe, ...others] = broker.received
    assert.ok(publish?.cmd === 'publish' && publish.qos === 1 && !publish.retain)
    assert.ok(subscribe?.cmd === 'subscribe' && subscribe.subscriptions[0]?.qos === 1)
    assert.deepEqual(others, [])
    assert.match(log.join(''), /connected .*without="retained messages, QoS 2"/)
  })

  it('of packet sizes never gets a larger message, which would close the connection', async (t) => {
    const broker = await startScriptedBroker(t, { connack: { maximumPacketSize: 100 } })
    const { link, reached, states } = start(t, broker.port)
    await reached('connected')
    await assert.rejects(link.publish('a', 'x'.repeat(100), qos1), { name: 'RangeError', message: /over the limit of 100/ })
    await link.publish('a', 'x', qos1)
    assert.deepEqual(states, ['connected'])
  })

  it('of the keep-alive gets its pings in time, because its keep-alive replaces ours', async (t) => {
    const broker = await startScriptedBroker(t, { connack: { serverKeepAlive: 1 } })
    const { reached, states } = start(t, broker.port, { keepalive: 60 })
    await reached('connected')
    await eventually(() => broker.pings > 1)
    assert.deepEqual(states, ['connected'])
  })
})

describe('A reason code of MQTT 5', () => {
  it('of a refused login is told in plain words of both languages', async (t) => {
    for (const [code, en, zhTW] of [
      [0x86, 'bad user name or password', '使用者名稱或密碼錯誤'],
      [0x87, 'not authorised; user name and password may be wrong', '沒有權限；使用者名稱或密碼可能有誤'],
      [0x89, 'the broker is busy', 'broker 忙碌中'],
      [0x97, 'quota exceeded', '超過配額'],
      [0xfe, '0xfe', '0xfe'],
    ] as const) {
      const broker = await startScriptedBroker(t, { refuse: code })
      const { reached, link } = start(t, broker.port, { username: 'ann', password: 'x' })
      assert.equal(await reached('refused'), `127.0.0.1:${broker.port}: the broker refused us: ${en}`)
      assert.equal(link.reason['zh-TW'], `127.0.0.1:${broker.port}：broker 拒絕連線：${zhTW}`)
    }
  })

  it('of a PUBACK or PUBREC refuses that one message, and the connection stays', async (t) => {
    const broker = await startScriptedBroker(t, {
      onPacket(packet, { send }) {
        if (packet.cmd !== 'publish' || packet.topic !== 'secret') return
        send({ cmd: packet.qos === 1 ? 'puback' : 'pubrec', messageId: packet.messageId ?? 0, reasonCode: 0x87 })
        return true
      },
    })
    const { link, reached, states } = start(t, broker.port)
    await reached('connected')
    for (const qos of [1, 2] as const)
      await assert.rejects(link.publish('secret', 'x', { qos, retain: false }), {
        name: 'Refused',
        message: 'the broker refuses secret: not authorised',
      })
    await link.publish('a', 'x', qos1)
    assert.deepEqual(states, ['connected'])
  })

  it('of a SUBACK names the filter and the reason', async (t) => {
    const broker = await startScriptedBroker(t, {
      onPacket(packet, { send }) {
        if (packet.cmd !== 'subscribe') return
        send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: [0x87] })
        return true
      },
    })
    const { link, reached } = start(t, broker.port)
    await reached('connected')
    await assert.rejects(link.subscribe({ 'home/#': 1 }), { name: 'Refused', message: /home\/# \(not authorised\)$/ })
  })

  it('of a takeover is no guess: the first is answered soon, and the second of ten minutes after a minute', async (t) => {
    let isTaken = true
    const broker = await startScriptedBroker(t, {
      onPacket(packet, { send, socket }) {
        if (packet.cmd !== 'subscribe' || !isTaken) return
        send({ cmd: 'disconnect', reasonCode: 0x8e })
        socket.end()
        return true
      },
    })
    const { reached, until, states, log } = start(t, broker.port, { clientId: 'monitor', ...subscribing }, { takenWait: 100 })
    assert.match(await reached('taken'), /another program uses our client id "monitor", and has taken the connection over$/)
    await eventually(() => broker.received.filter(({ cmd }) => cmd === 'connect').length >= 3)
    isTaken = false
    await until(() => states.at(-1) === 'connected')
    assert.ok(!log.join('').includes('seems to use'))
  })

  it('of a broker that shuts down is told, and is never taken for a stolen client id', async (t) => {
    const broker = await startScriptedBroker(t, {
      onPacket(packet, { send, socket }) {
        if (packet.cmd !== 'publish') return
        send({ cmd: 'disconnect', reasonCode: 0x8b, properties: { reasonString: 'bye' } })
        socket.end()
        return true
      },
    })
    const { link, until, states } = start(t, broker.port, { onConnect: (opened) => opened.publish('a', '', qos1) })
    await eventually(() => broker.received.filter(({ cmd }) => cmd === 'connect').length >= 6)
    assert.ok(!states.includes('taken'))
    await until(() => link.state === 'connecting')
    assert.match(link.why, /the broker closed the connection: the broker is shutting down \(bye\)$/)
    assert.equal(link.losses, 0)
  })

  it('that QoS 2 is missing lowers it to 1 from then on', async (t) => {
    const qosOf = (packet: Packet) => (packet.cmd === 'publish' ? [packet.qos] : [])
    const broker = await startScriptedBroker(t, {
      onPacket(packet, { send, socket }) {
        if (packet.cmd !== 'publish' || packet.qos < 2) return
        send({ cmd: 'disconnect', reasonCode: 0x9b })
        socket.end()
        return true
      },
    })
    const { link, reached } = start(t, broker.port)
    await reached('connected')
    await assert.rejects(link.publish('command', 'x', { qos: 2, retain: false }), { name: 'NotConnected' })
    await reached('connected')
    await link.publish('command', 'x', { qos: 2, retain: false })
    assert.deepEqual(broker.received.flatMap(qosOf), [2, 1])
  })
})

describe('An access list of Mosquitto in MQTT 5', need('mosquitto'), () => {
  it('refuses a message of QoS 1 and 2 so that we know it; in MQTT 3.1.1 it is acknowledged', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'mqtt5-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(`${folder}/acl`, 'topic readwrite home/#\n')
    const broker = await startMosquitto({ config: [`acl_file ${folder}/acl`, 'allow_anonymous true'] })
    t.after(() => broker.stop())
    const five = start(t, broker.port, { clientId: 'five' })
    const four = start(t, broker.port, { clientId: 'four', version: '3.1.1' })
    await Promise.all([five.reached('connected'), four.reached('connected')])
    for (const qos of [1, 2] as const) {
      await assert.rejects(five.link.publish('secret', 'x', { qos, retain: false }), { name: 'Refused', message: /secret: not authorised/ })
      await four.link.publish('secret', 'x', { qos, retain: false })
    }
    await five.link.publish('home/a', 'x', qos1)
    assert.deepEqual(five.states, ['connected'])
  })

  it('delivers more at once than its own window of 20, because we state ours', async (t) => {
    const broker = await startMosquitto()
    t.after(() => broker.stop())
    const stored = Promise.withResolvers<void>()
    const reader = start(t, broker.port, { ...subscribing, clientId: 'reader', onMessage: () => stored.promise })
    const writer = start(t, broker.port, { clientId: 'writer' })
    await Promise.all([reader.reached('connected'), writer.reached('connected')])
    await Promise.all(Array.from({ length: 100 }, (_, i) => writer.link.publish('home/a', `${i}`, qos1)))
    await reader.until(() => reader.received.length === 100)
    stored.resolve()
  })
})
