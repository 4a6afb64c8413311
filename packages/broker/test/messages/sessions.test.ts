import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AedesPublishPacket } from 'aedes'
import { defaultLimits } from '../../limits.ts'
import { openSession, type Queued } from '../../messages/sessions.ts'

const limits = { ...defaultLimits.session, messages: 100, bytes: 10_000, inflight: 3 }
const message = (brokerCounter: number, payload = `${brokerCounter}`) =>
  ({ cmd: 'publish', topic: 'a', payload: Buffer.from(payload), qos: 1, brokerId: '', brokerCounter }) as unknown as AedesPublishPacket
const sentAs = (messageId: number, packet: Queued): Queued => ({ ...packet, messageId })
const counters = async (packets: AsyncGenerator<Queued>) => {
  const all = []
  for await (const packet of packets) all.push(packet.brokerCounter)
  return all
}

describe('a session', () => {
  it('a queued message is drained, oldest first, until it is acknowledged', async () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3]) assert.equal(session.enqueue(message(n)), true)
    assert.deepEqual(await counters(session.drain()), [1, 2, 3])
    session.sent(sentAs(70, message(2) as Queued))
    assert.equal(session.acknowledged(70)?.brokerCounter, 2)
    assert.equal(session.acknowledged(70), undefined)
    assert.deepEqual(await counters(session.drain()), [1, 3])
  })

  it('a message above the limit of messages or bytes is refused until another one is acknowledged', () => {
    const session = openSession({ ...limits, messages: 2 })
    assert.deepEqual(
      [1, 2, 3].map((n) => session.enqueue(message(n))),
      [true, true, false],
    )
    session.sent(sentAs(5, message(1) as Queued))
    session.acknowledged(5)
    assert.equal(session.enqueue(message(4)), true)
    const small = openSession({ ...limits, bytes: 10 })
    assert.deepEqual([message(1, '1234567'), message(2, '12'), message(3, '1')].map(small.enqueue), [true, false, true])
  })

  it('messages are sent up to the inflight limit, and one more after each acknowledgement', async () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3, 4, 5]) session.enqueue(message(n))
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

  it('a new message does not overtake the queue while it is drained', async () => {
    const session = openSession(limits)
    session.enqueue(message(1))
    const drain = session.drain()
    await drain.next()
    session.enqueue(message(2))
    assert.equal(session.startSending(2), false)
    assert.equal((await drain.next()).value?.brokerCounter, 2)
    assert.equal((await drain.next()).done, true)
    assert.equal(session.startSending(2), false, 'it is being sent')
    session.enqueue(message(3))
    assert.equal(session.startSending(3), true)
    assert.equal(session.startSending(3), false, 'sent once, if two filters match')
    assert.equal(session.startSending(99), true, 'a message that is not queued is sent directly')
  })

  it('the next connection receives the whole queue again, with the DUP flag and the same message id', async () => {
    const session = openSession(limits)
    session.enqueue(message(1))
    const first = session.drain()
    session.sent(sentAs(7, (await first.next()).value as Queued))
    session.enqueue(message(2))
    const [again, next] = await Array.fromAsync(session.drain())
    assert(again?.cmd === 'publish' && next?.cmd === 'publish')
    assert.deepEqual([again.messageId, again.dup, next.messageId, next.dup], [7, true, undefined, undefined])
    assert.equal((await first.next()).done, true, 'the first connection receives nothing any more')
  })

  it('two messages never have the same id at a time', () => {
    const session = openSession(limits)
    for (const n of [1, 2, 3]) session.enqueue(message(n))
    const packets = [1, 2, 3].map((n) => sentAs(65_535, message(n) as Queued))
    for (const packet of packets) session.sent(packet)
    assert.deepEqual(
      packets.map(({ messageId }) => messageId),
      [65_535, 1, 2],
    )
    assert.equal(session.acknowledged(1)?.brokerCounter, 2)
  })

  it('only the PUBREL of a received QoS 2 message is repeated', async () => {
    const session = openSession(limits)
    session.enqueue(message(1))
    session.sent(sentAs(9, message(1) as Queued))
    session.released({ cmd: 'pubrel', messageId: 9 })
    const [packet] = await Array.fromAsync(session.drain())
    assert.deepEqual([packet?.cmd, packet?.messageId], ['pubrel', 9])
    session.acknowledged(9)
    assert.deepEqual(await counters(session.drain()), [])
  })
})
