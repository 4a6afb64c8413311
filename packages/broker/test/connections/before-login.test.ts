import assert from 'node:assert/strict'
import { pbkdf2 } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { createLog } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { hashPassword } from '../../access/passwd.ts'
import { kinds, startEmbedded } from '../brokers.ts'
import { packet, text } from '../packets.ts'
import { connectAs } from '../test-client.ts'

for (const kind of kinds) {
  it(`${kind.name} admits nobody by a hash of the empty password`, kind.need, async () => {
    const broker = await kind.start()
    await broker.write({ passwd: `${broker.passwd}nobody:${hashPassword('')}\n` })
    await broker.reload()
    await assert.rejects(connectAs(broker.port, 'nobody', { password: '' }), /Not authorized/)
    await assert.rejects(connectAs(broker.port, 'nobody', { password: undefined }), /Not authorized/)
    await (await connectAs(broker.port, 'guest')).disconnect()
    await broker.stop()
  })
}

describe('the embedded broker before a login', () => {
  const lines: string[] = []
  const log = createLog('broker', 'debug', (line) => lines.push(line))
  let broker: Awaited<ReturnType<typeof startEmbedded>>
  let sockets: Socket[]
  beforeEach(() => {
    lines.splice(0)
    sockets = []
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    await broker.stop()
  })
  const open = async (): Promise<Socket> => {
    const socket = connect(broker.port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    return socket
  }
  const openCount = () => sockets.filter(({ closed }) => !closed).length

  it('a CONNECT above 16 KiB closes the connection at its header', async () => {
    broker = await startEmbedded()
    const socket = await open()
    const connectWith = (length: number) => packet(0x10, text('MQTT'), [4, 0x82, 0, 60], text('id'), text('x'.repeat(length)))
    socket.write(connectWith(16_384).subarray(0, 5))
    await once(socket, 'close')
    assert.equal(broker.counts.tooLarge, 1)
    const small = await open()
    small.write(connectWith(16_000))
    await once(small, 'data')
    assert.equal(broker.counts.refused, 1)
  })

  it('many silent connections of an address are closed after a moment, and its clients can log in meanwhile', async () => {
    broker = await startEmbedded({ logins: { perAddress: 3, burst: 50, grace: 100 } }, log)
    await Promise.all(Array.from({ length: 20 }, open))
    await (await connectAs(broker.port, 'guest')).disconnect()
    await eventually(() => openCount() === 3)
    assert.equal(broker.counts.tooMany, 17)
    assert.equal(lines.filter((line) => line.includes('too many of this address have not logged in')).length, 1)
    const first = sockets.slice(0, 17)
    assert(first.every(({ closed }) => closed))
  })

  it('above the limit for a moment, a new connection closes the oldest silent one', async () => {
    broker = await startEmbedded({ logins: { perAddress: 3, burst: 5, grace: 60_000 } })
    for (let i = 0; i < 30; i++) await open()
    await eventually(() => openCount() === 5)
    assert(sockets.slice(0, 25).every(({ closed }) => closed))
    await (await connectAs(broker.port, 'guest')).disconnect()
  })

  it('connections that have logged in do not count', async () => {
    broker = await startEmbedded({ logins: { perAddress: 1, burst: 2, grace: 0 } })
    const users = ['monitor', 'guest', 'pi-kitchen', 'pi-fridge', 'pi-living', 'pi-ke-ting']
    const clients = []
    for (const user of users) clients.push(await connectAs(broker.port, user))
    assert(clients.every(({ client }) => client.connected))
    assert.equal(broker.counts.tooMany, 0)
    await Promise.all(clients.map((client) => client.disconnect()))
  })

  it('two hundred clients of one address can connect at once', async () => {
    broker = await startEmbedded()
    const names = Array.from({ length: 200 }, (_, i) => `pi-${i}`)
    await broker.write({ passwd: broker.passwd + names.map((name) => `${name}:${hashPassword(`the password of ${name}`)}\n`).join('') })
    await broker.reload()
    const clients = await Promise.all(names.map((name) => connectAs(broker.port, name)))
    assert.equal(broker.counts.tooMany, 0)
    await Promise.all(clients.map((client) => client.disconnect()))
  })

  it('password checks use half of the thread pool, so that other work is done beside them', async () => {
    broker = await startEmbedded()
    await broker.write({ passwd: `${broker.passwd}slow:${hashPassword('slow', { iterations: 80_000 })}\n` })
    await broker.reload()
    const guesses = Array.from({ length: 12 }, () => assert.rejects(connectAs(broker.port, 'slow', { password: 'guess' })))
    await eventually(() => broker.counts.refused > 0, 20_000, { interval: 1 })
    await promisify(pbkdf2)('other', 'work', 1, 64, 'sha512')
    assert(broker.counts.refused < 8, `${broker.counts.refused} of 12 checks were done before`)
    await Promise.all(guesses)
  })

  it('refused logins of an address are logged five times a minute, and all are counted', async () => {
    broker = await startEmbedded({}, log)
    for (let i = 0; i < 20; i++) await assert.rejects(connectAs(broker.port, 'guest', { password: `guess ${i}` }))
    const refusals = lines.filter((line) => line.includes('login refused'))
    assert.equal(refusals.length, 5)
    assert.match(refusals[4] ?? '', /more of this address are only counted for a minute user=guest address=127\.0\.0\.1/)
    assert.equal(broker.counts.refused, 20)
  })

  it('a client that speaks MQTT 5 is refused with the code of its version, and the log says what it needs', async () => {
    broker = await startEmbedded({ fallbackTime: 20 }, log)
    const login = packet(0x10, text('MQTT'), [5, 0xc2, 0, 60, 0], text('ha'), text('guest'), text('secret'))
    const socket = await open()
    const answer = once(socket, 'data')
    socket.write(login)
    const [bytes] = (await answer) as [Buffer]
    assert.deepEqual([...bytes], [0x20, 2, 0, 1])
    await once(socket, 'close')
    await assert.rejects(connectAs(broker.port, 'guest', { protocolVersion: 5 }))
    assert.deepEqual([broker.counts.mqtt5, broker.counts.garbage], [2, 0])
    const told = () => lines.filter((line) => /MQTT 5.*Home Assistant.*Mosquitto/.test(line))
    await eventually(() => told().length > 0)
    assert.equal(told().length, 1, 'once for an address')
    assert.match(told()[0] ?? '', /WARN.*address=127\.0\.0\.1/)
  })

  it('a client that is refused for MQTT 5 and logs in by MQTT 3.1.1 at once is no matter', async () => {
    broker = await startEmbedded({ fallbackTime: 500 }, log)
    await assert.rejects(connectAs(broker.port, 'guest', { protocolVersion: 5 }))
    const client = await connectAs(broker.port, 'guest')
    await eventually(() => broker.counts.mqtt5 === 0)
    assert.deepEqual([broker.counts.refused, broker.counts.garbage], [0, 0])
    // This one does not come back, and is logged later than the first one would be.
    await assert.rejects(connectAs(broker.port, 'pi-kitchen', { protocolVersion: 5 }))
    const told = () => lines.filter((line) => line.includes('it speaks MQTT 5'))
    await eventually(() => told().length > 0)
    assert.equal(told().length, 1)
    await client.disconnect()
  })
})
