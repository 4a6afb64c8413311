import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { kinds, passwordOf, type TestBroker } from './brokers.ts'
import { type ConnectFields, connectPacket, disconnect, number, packet, pingreq, publishPacket, subscribePacket, text } from './packets.ts'

const user = 'pi-kitchen'
const login = (fields: ConnectFields = {}) => connectPacket(user, passwordOf(user), fields)
const accepted = Buffer.from([0x20, 2, 0, 0])
const pingresp = Buffer.from([0xd0, 0])
const topic = 'home/kitchen/alert'
const bad = {
  'a NUL': Buffer.from('home/\0'),
  'a control character': Buffer.from('home/\u001f'),
  'a late control character': Buffer.from('home/\u0085'),
  'a noncharacter': Buffer.from('home/\uffff'),
  'half a surrogate pair': Buffer.from([0x68, 0x2f, 0xed, 0xa0, 0x80]),
  'a broken byte': Buffer.from([0x68, 0x2f, 0xff]),
  'an overlong character': Buffer.from([0x68, 0x2f, 0xc0, 0xaf]),
  'a cut character': Buffer.from([0x68, 0x2f, 0xf0, 0x9f, 0x98]),
}
const acks = { PUBACK: 0x40, PUBREC: 0x50, PUBREL: 0x62, PUBCOMP: 0x70 }

/** CONNECT packets, and the answer before the connection is closed. */
const refused: Record<string, [Buffer, ...number[]]> = {
  'a will of QoS 3': [login({ flags: 0xde, will: { topic, payload: 'x' } })],
  'a will on a filter': [login({ flags: 0xc6, will: { topic: 'home/+/alert', payload: 'x' } })],
  'a will without a topic': [login({ flags: 0xc6, will: { topic: '', payload: 'x' } })],
  'a password without a user name': [login({ flags: 0x42 })],
  'a user name that the flags do not announce': [packet(0x10, text('MQTT'), [4, 2, 0, 60], text('id'), text(user))],
  'an empty id for a session': [login({ flags: 0xc0, id: '' }), 0x20, 2, 0, 2],
  'an empty id with MQTT 3.1': [login({ protocol: 'MQIsdp', version: 3, id: '' }), 0x20, 2, 0, 2],
  'protocol version 2': [login({ version: 2 }), 0x20, 2, 0, 1],
  'protocol version 6': [login({ version: 6 }), 0x20, 2, 0, 1],
  'the name of MQTT 3.1 with version 4': [login({ protocol: 'MQIsdp' }), 0x20, 2, 0, 1],
  'another protocol': [login({ protocol: 'HTTP' })],
  'a reserved flag': [login({ flags: 0xc3 })],
  ...Object.fromEntries(
    Object.entries(bad).flatMap(([what, bytes]) => [
      [`a client id with ${what}`, [login({ id: bytes })]],
      [`a user name with ${what}`, [connectPacket(bytes, 'x')]],
      [`a will topic with ${what}`, [login({ flags: 0xc6, will: { topic: bytes, payload: 'x' } })]],
    ]),
  ),
}

/** Packets behind CONNECT for which the connection is closed. */
const closing: Record<string, Buffer> = {
  'a second CONNECT': login(),
  'PUBLISH of QoS 1 with id 0': publishPacket(topic, 'x', 0),
  'PUBLISH of QoS 2 with id 0': publishPacket(topic, 'x', 0, 0x34),
  'PUBLISH of QoS 1 without an id': packet(0x32, text(topic)),
  'PUBLISH of QoS 3': publishPacket(topic, 'x', 1, 0x36),
  'PUBLISH without a topic': publishPacket('', 'x', 1),
  'PUBLISH on a filter': publishPacket('home/+/alert', 'x', 1),
  'SUBSCRIBE with id 0': subscribePacket(0, [topic]),
  'SUBSCRIBE without filters': subscribePacket(1, []),
  'SUBSCRIBE with an empty filter': subscribePacket(1, ['']),
  'SUBSCRIBE with a broken filter': subscribePacket(1, [topic, 'home/#/x']),
  'SUBSCRIBE of QoS 3': subscribePacket(1, [topic], 3),
  'SUBSCRIBE with wrong flags': packet(0x80, number(1), text(topic), [0]),
  'UNSUBSCRIBE with id 0': packet(0xa2, number(0), text(topic)),
  'UNSUBSCRIBE without filters': packet(0xa2, number(1)),
  'UNSUBSCRIBE with a broken filter': packet(0xa2, number(1), text('a/#/b')),
  'DISCONNECT with content': packet(0xe0, [0]),
  'a repeated PUBREL with the DUP flag of MQTT 3.1': packet(0x6a, number(1)),
  'packet type 0': packet(0x00),
  'packet type 15': packet(0xf0),
  ...Object.fromEntries(
    Object.entries(acks).flatMap(([name, header]) => [
      [`${name} with id 0`, packet(header, number(0))],
      [`${name} without an id`, packet(header)],
      [`${name} with half an id`, packet(header, [1])],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(bad).flatMap(([what, bytes]) => [
      [`PUBLISH on a topic with ${what}`, publishPacket(bytes, 'x', 1)],
      [`SUBSCRIBE to a filter with ${what}`, packet(0x82, number(1), text(bytes), [0])],
      [`UNSUBSCRIBE from a filter with ${what}`, packet(0xa2, number(1), text(bytes))],
    ]),
  ),
}

/** Packets behind CONNECT, and their answer. */
const answered: Record<string, [Buffer, Buffer]> = {
  PINGREQ: [pingreq, Buffer.alloc(0)],
  'PUBLISH of QoS 1': [publishPacket(topic, 'x', 7), packet(0x40, number(7))],
  'PUBLISH of QoS 2': [publishPacket(topic, 'x', 7, 0x34), packet(0x50, number(7))],
  'PUBLISH on a topic with U+FFFD and a smiley': [publishPacket('home/kitchen/\ufffd😀', 'x', 7), packet(0x40, number(7))],
  'SUBSCRIBE to two filters': [subscribePacket(7, [topic, 'home/+/sensor/#'], 2), packet(0x90, number(7), [2, 2])],
  'UNSUBSCRIBE from an unknown filter': [packet(0xa2, number(7), text('unknown')), packet(0xb0, number(7))],
  'PUBREL of an unknown id': [packet(0x62, number(9)), packet(0x70, number(9))],
  'PUBACK of an unknown id': [packet(0x40, number(9)), Buffer.alloc(0)],
  'PUBCOMP of an unknown id': [packet(0x70, number(9)), Buffer.alloc(0)],
}

for (const kind of kinds) {
  describe(`${kind.name}: packets that no library sends`, kind.need, () => {
    let broker: TestBroker
    before(async () => {
      broker = await kind.start()
    })
    after(() => broker?.stop())

    /** All bytes that the broker sends until it closes the connection or has sent `enough`. */
    const answer = async (bytes: Buffer[], enough = Number.POSITIVE_INFINITY): Promise<Buffer> => {
      const socket = connect(broker.port, '127.0.0.1')
      socket.setNoDelay(true)
      socket.on('error', () => {})
      const received: Buffer[] = []
      const { promise, resolve } = Promise.withResolvers<void>()
      socket.on('data', (chunk) => {
        received.push(chunk)
        if (Buffer.concat(received).length >= enough) resolve()
      })
      socket.once('close', () => resolve())
      await once(socket, 'connect')
      for (const packet of bytes) {
        socket.write(packet)
        if (packet === bytes[0] && bytes.length > 1) await once(socket, 'data')
      }
      await promise
      socket.destroy()
      return Buffer.concat(received)
    }

    it('a CONNECT against the standard is refused, with CONNACK 1 or 2 where the standard has one', async () => {
      for (const [what, [bytes, ...expected]] of Object.entries(refused)) assert.deepEqual([...(await answer([bytes]))], expected, what)
    })

    it('a packet against the standard closes the connection', async () => {
      for (const [what, bytes] of Object.entries(closing)) {
        const received = await answer([login(), bytes, pingreq])
        assert.deepEqual(received, accepted, what)
      }
    })

    it('a packet that the standard allows is answered, and the connection stays', async () => {
      for (const [what, [bytes, expected]] of Object.entries(answered)) {
        const all = Buffer.concat([accepted, expected, pingresp, ...(bytes === pingreq ? [pingresp] : [])])
        const received = await answer([login(), bytes, pingreq], all.length)
        assert.equal(sorted(received), sorted(all), what)
      }
    })

    it('MQTT 3.1 marks a repeated PUBREL, SUBSCRIBE or UNSUBSCRIBE by the DUP flag', async () => {
      const old = login({ protocol: 'MQIsdp', version: 3 })
      const repeated = [packet(0x6a, number(3)), packet(0x8a, number(4), text('x'), [0]), packet(0xaa, number(5), text('x'))]
      const all = Buffer.concat([accepted, packet(0x70, number(3)), packet(0x90, number(4), [0]), packet(0xb0, number(5)), pingresp])
      assert.equal(sorted(await answer([old, ...repeated, pingreq], all.length)), sorted(all))
    })

    it('a DISCONNECT right behind CONNECT ends the connection after its CONNACK', async () => {
      assert.deepEqual(await answer([Buffer.concat([login(), disconnect])]), accepted)
    })
  })
}

/** aedes may answer a ping before an earlier packet, which the standard allows. */
function sorted(bytes: Buffer): string {
  return [...bytes].sort((a, b) => a - b).join(' ')
}
