import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { createLiveQueue } from '../../live/live-queue.ts'
import { addSent, rateOf, type Sent, waitFor } from '../../live/rate.ts'

/** Times at which messages are sent if each is sent as early as allowed. @param ready times at which they are ready, ms */
function sendAll(ready: number[], perSecond: number): number[] {
  const rate = rateOf(perSecond)
  let sent: Sent = []
  let free = 0
  return ready.map((time) => {
    free = Math.max(free, time)
    for (let wait = waitFor(sent, free, rate); wait > 0; wait = waitFor(sent, free, rate)) free += Math.ceil(wait)
    sent = addSent(sent, free, rate)
    return free
  })
}

const ready = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }).map((times) => times.sort((a, b) => a - b))

describe('the rate of live messages', () => {
  it('never exceeds MAX_RATE in any second', () => {
    fc.assert(
      fc.property(ready, fc.integer({ min: 1, max: 50 }), (times, perSecond) => {
        const sent = sendAll(times, perSecond)
        for (const begin of sent) {
          const within = sent.filter((time) => time >= begin && time < begin + 1000).length
          assert.ok(within <= perSecond, `${within} in a second`)
        }
      }),
    )
  })

  it('may be less than one a second', () => {
    assert.deepEqual(sendAll([0, 0, 0], 0.5), [0, 2000, 4000])
  })

  it('lets the readings of one tick leave together', () => {
    assert.deepEqual(sendAll([0, 0, 0, 0, 0], 10), [0, 0, 0, 0, 0])
  })

  it('is even for a sensor that measures faster', () => {
    const sent = sendAll(
      Array.from({ length: 100 }, (_, i) => i * 50),
      10,
    )
    const steady = sent.filter((time) => time >= 1000)
    for (const [i, time] of steady.slice(1).entries()) assert.ok(time - (steady[i] as number) >= 100)
    assert.ok(sent.length === 100 && (sent[99] as number) < 10_100, 'it uses what it may')
  })
})

describe('the queue of live messages', () => {
  const topic = 'home/kitchen/temperature'

  /** A queue that records the sent messages. */
  function createRecorder(perSecond: number) {
    const sent: [string, string][] = []
    let connected = true
    const onSent = new Set<() => void>()
    const live = createLiveQueue(
      rateOf(perSecond),
      (topic, payload) => {
        if (connected) {
          sent.push([topic, payload])
          for (const look of onSent) look()
        }
        return connected
      },
      () => performance.now(),
    )
    return {
      sent,
      live,
      connect: (now: boolean) => {
        connected = now
      },
      until: (payload: string) =>
        new Promise<void>((resolve) => {
          const look = () => {
            if (sent.some(([, value]) => value === payload)) resolve()
          }
          onSent.add(look)
          look()
        }),
    }
  }

  it('replaces a waiting value by a newer one, and never sends an older value after a newer one', async () => {
    const { live, sent, until } = createRecorder(20)
    for (let i = 1; i <= 100; i += 1) live.offer(new Map([[topic, `${i}`]]))
    await until('100')
    live.stop()
    const values = sent.map(([, value]) => Number(value))
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
    )
    assert.ok(values.length <= 20, `${values.length} of 100 were sent`)
  })

  it('sends all topics in turn', async () => {
    const { live, sent, until } = createRecorder(20)
    for (let i = 1; i <= 30; i += 1) {
      live.offer(
        new Map([
          ['a', `${i}`],
          ['b', `${i + 0.5}`],
        ]),
      )
    }
    await Promise.all([until('30'), until('30.5')])
    live.stop()
    assert.deepEqual(new Map(sent).get('b'), '30.5')
  })

  it('sends only the newest value after a connection was made', () => {
    const { live, sent, connect } = createRecorder(20)
    connect(false)
    for (let i = 1; i <= 5; i += 1) live.offer(new Map([[topic, `${i}`]]))
    connect(true)
    live.repeat()
    assert.deepEqual(sent, [[topic, '5']])
    live.stop()
  })

  it('does not repeat the value of an unplugged probe', () => {
    const { live, sent } = createRecorder(20)
    live.offer(new Map([[topic, '21']]))
    live.offer(new Map())
    live.repeat()
    assert.deepEqual(sent, [[topic, '21']])
  })
})
