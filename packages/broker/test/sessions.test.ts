import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AedesPublishPacket } from 'aedes'
import { openSession, type Queued } from '../sessions.ts'

const limits = { messages: 100, bytes: 10_000, inflight: 3 }
const message = (brokerCounter: number, payload = `${brokerCounter}`) =>
  ({ cmd: 'publish', topic: 'a', payload: Buffer.from(payload), qos: 1, brokerId: '', brokerCounter }) as unknown as AedesPublishPacket
const sentAs = (messageId: number, packet: Queued): Queued => ({ ...packet, messageId })
const counters = async (packets: AsyncGenerator<Queued>) => {
  const all = []
  for await (const packet of packets) all.push(packet.brokerCounter)
  return all
}

describe('A session', () => {
  it('keeps what comes, oldest first, until it is acknowledged', async () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3]) assert.equal(session.keep(message(n)), true)
    assert.deepEqual(await counters(session.drain()), [1, 2, 3])
    session.sent(sentAs(70, message(2) as Queued))
    assert.equal(session.acknowledged(70)?.brokerCounter, 2)
    assert.equal(session.acknowledged(70), undefined)
    assert.deepEqual(await counters(session.drain()), [1, 3])
  })

  it('refuses what is above its limits, in messages or in bytes, and takes more when there is room again', () => {
    const session = openSession({ ...limits, messages: 2 })
    assert.deepEqual(
      [1, 2, 3].map((n) => session.keep(message(n))),
      [true, true, false],
    )
    session.sent(sentAs(5, message(1) as Queued))
    session.acknowledged(5)
    assert.equal(session.keep(message(4)), true)
    const small = openSession({ ...limits, bytes: 10 })
    assert.deepEqual([message(1, '1234567'), message(2, '12'), message(3, '1')].map(small.keep), [true, false, true])
  })

  it('sends only so many at a time, and goes on with each acknowledgement', async () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3, 4, 5]) session.keep(message(n))
    const sent: number[] = []
    const drained = (async () => {
      for await (const packet of session.drain()) {
        session.sent(sentAs(packet.brokerCounter, packet))
        sent.push(packet.brokerCounter)
      }
    })()
    const turn = () => new Promise((resolve) => setImmediate(resolve))
    await turn()
    assert.deepEqual(sent, [1, 2, 3])
    session.acknowledged(2)
    await turn()
    assert.deepEqual(sent, [1, 2, 3, 4])
    session.acknowledged(1)
    await drained
    assert.deepEqual(sent, [1, 2, 3, 4, 5])
  })

  it('lets nothing new overtake what is still in the queue, and sends that from there', async () => {
    const session = openSession(limits)
    session.keep(message(1))
    const drain = session.drain()
    await drain.next()
    session.keep(message(2))
    assert.equal(session.claim(2), false)
    assert.equal((await drain.next()).value?.brokerCounter, 2)
    assert.equal((await drain.next()).done, true)
    assert.equal(session.claim(2), false, 'it is on its way')
    session.keep(message(3))
    assert.equal(session.claim(3), true)
    assert.equal(session.claim(3), false, 'and once only, when two filters match')
    assert.equal(session.claim(99), true, 'what was not kept is sent or lost')
  })

  it('gives everything again to the next connection, marked as repeated and under the same id', async () => {
    const session = openSession(limits)
    session.keep(message(1))
    const first = session.drain()
    session.sent(sentAs(7, (await first.next()).value as Queued))
    session.keep(message(2))
    const [again, next] = await Array.fromAsync(session.drain())
    assert(again?.cmd === 'publish' && next?.cmd === 'publish')
    assert.deepEqual([again.messageId, again.dup, next.messageId, next.dup], [7, true, undefined, undefined])
    assert.equal((await first.next()).done, true, 'the first connection gets nothing any more')
  })

  it('gives no id to two messages at a time', () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3]) session.keep(message(n))
    const packets = [1, 2, 3].map((n) => sentAs(65_535, message(n) as Queued))
    for (const packet of packets) session.sent(packet)
    assert.deepEqual(
      packets.map(({ messageId }) => messageId),
      [65_535, 1, 2],
    )
    assert.equal(session.acknowledged(1)?.brokerCounter, 2)
  })

  it('repeats only the release of a QoS 2 message that has been received', async () => {
    const session = openSession(limits)
    session.keep(message(1))
    session.sent(sentAs(9, message(1) as Queued))
    session.released({ cmd: 'pubrel', messageId: 9 })
    const [packet] = await Array.fromAsync(session.drain())
    assert.deepEqual([packet?.cmd, packet?.messageId], ['pubrel', 9])
    session.acknowledged(9)
    assert.deepEqual(await counters(session.drain()), [])
  })

  it('wants a topic in the best quality of all its filters', () => {
    const session = openSession(limits)
    session.subscriptions.set('home/#', { topic: 'home/#', qos: 0 })
    session.subscriptions.set('home/+/alert', { topic: 'home/+/alert', qos: 2 })
    session.subscriptions.set('+/kitchen/alert', { topic: '+/kitchen/alert', qos: 1 })
    assert.equal(session.wants('home/kitchen/alert'), 2)
    assert.equal(session.wants('home/kitchen'), 0)
    assert.equal(session.wants('device/x'), undefined)
  })
})
