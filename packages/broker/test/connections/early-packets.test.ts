import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import mqtt, { type MqttClient } from 'mqtt'
import { hashPassword } from '../../access/passwd.ts'
import { type Broker, startBroker } from '../../index.ts'
import { connectPacket, disconnect, packet, publishPacket, subscribePacket } from '../packets.ts'

/** A client may publish without waiting for CONNACK: MQTT 3.1.1, section 3.1.4. */
describe('packets that a client sends before CONNACK', () => {
  let open: () => void
  let folder: string
  let broker: Broker
  let monitor: MqttClient
  let socket: Socket
  const received: string[] = []

  beforeEach(async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>()
    open = resolve
    received.length = 0
    folder = await mkdtemp(join(tmpdir(), 'early-'))
    await writeFile(join(folder, 'acl'), 'user monitor\ntopic readwrite #\nuser guest\ntopic readwrite home/#\n')
    await writeFile(join(folder, 'passwd'), `guest:${await hashPassword('guest')}\n`)
    const [passwordFile, aclFile] = [join(folder, 'passwd'), join(folder, 'acl')]
    broker = await startBroker({ host: '127.0.0.1', port: 0, passwordFile, aclFile, users: { monitor: 'monitor' }, ready, log: silent })
    monitor = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { username: 'monitor', password: 'monitor', reconnectPeriod: 0 })
    monitor.on('message', (_, payload) => received.push(payload.toString()))
    await monitor.subscribeAsync('home/+/+', { qos: 1 })
    socket = connect(broker.port, '127.0.0.1')
    socket.setNoDelay(true)
    await once(socket, 'connect')
  })
  afterEach(async () => {
    socket.destroy()
    await monitor.endAsync(true)
    await broker.close()
    await rm(folder, { recursive: true, force: true })
  })

  const login = (password: string) => socket.write(connectPacket('guest', password))
  const publish = (payload: string, messageId: number) => socket.write(publishPacket('home/kitchen/temperature', payload, messageId))

  it('are delivered if they arrive in segments of their own while the password is checked', async () => {
    login('guest')
    for (let n = 1; n <= 5; n++) {
      await delay(20)
      publish(String(n), n)
    }
    open()
    await eventually(() => received.length >= 5)
    assert.deepEqual(received, ['1', '2', '3', '4', '5'])
  })

  it('are delivered if a thousand of them arrive with CONNECT', async () => {
    login('guest')
    for (let n = 1; n <= 1000; n++) publish(String(n), n)
    open()
    await eventually(() => received.length >= 1000)
    assert.deepEqual(
      received,
      Array.from({ length: 1000 }, (_, n) => String(n + 1)),
    )
  })

  it('are delivered with QoS 2, exactly once', async () => {
    const ids = Array.from({ length: 200 }, (_, n) => n + 1)
    const publish = ids.map((n) => publishPacket('home/kitchen/temperature', String(n), n, 0x34))
    const release = ids.map((n) => packet(0x62, [n >> 8, n & 0xff]))
    socket.write(Buffer.concat([connectPacket('guest', 'guest'), ...publish]))
    const answers: Buffer[] = []
    socket.on('data', (chunk) => answers.push(chunk))
    open()
    await eventually(() => Buffer.concat(answers).length >= 4 + 200 * 4)
    socket.write(Buffer.concat([...publish, ...release]))
    await eventually(() => Buffer.concat(answers).length >= 4 + 600 * 4)
    assert.deepEqual(received, ids.map(String))
  })

  it('are delivered if the client disconnects right behind them, without its will', async () => {
    const will = { topic: 'home/kitchen/temperature', payload: 'gone' }
    const connect = connectPacket('guest', 'guest', { flags: 0xce, will })
    socket.write(Buffer.concat([connect, publishPacket('home/kitchen/temperature', 'last words', 1), disconnect]))
    open()
    await once(socket.resume(), 'close')
    await monitor.publishAsync('home/kitchen/temperature', 'later', { qos: 1 })
    await eventually(() => received.includes('later'))
    assert.deepEqual(received, ['last words', 'later'])
  })

  it('may subscribe', async () => {
    const answers: Buffer[] = []
    socket.on('data', (chunk) => answers.push(chunk))
    socket.write(
      Buffer.concat([connectPacket('guest', 'guest'), subscribePacket(5, ['home/#'], 0), publishPacket('home/x', 'me', 0, 0x30)]),
    )
    open()
    const expected = Buffer.concat([packet(0x20, [0, 0]), packet(0x90, [0, 5, 0]), publishPacket('home/x', 'me', 0, 0x30)])
    await eventually(() => Buffer.concat(answers).length >= expected.length)
    assert.deepEqual(Buffer.concat(answers), expected)
  })

  it('are not delivered, and not acknowledged, if the password is wrong', async () => {
    const answers: Buffer[] = []
    socket.on('data', (chunk) => answers.push(chunk))
    login('wrong')
    await delay(20)
    publish('1', 1)
    open()
    await once(socket, 'close')
    assert.deepEqual([...Buffer.concat(answers)], [0x20, 2, 0, 5])
    assert.deepEqual(received, [])
  })
})
