import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { parseTopic } from '@hearthwatch/protocol'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { createBacklog } from '../../intake/backlog.ts'

const packet = (topic: string, text: string, qos: 0 | 1 = 0): Packet => ({
  topic,
  payload: Buffer.from(text),
  qos,
  retain: false,
  dup: false,
})

/** A monitor that works for so many ms on each packet. Topics of the kitchen have a record; 99 changes an alert. */
function busyMonitor(work: number) {
  const taken: string[] = []
  const backlog = createBacklog({
    take({ topic, payload }) {
      taken.push(`${topic} ${payload}`)
      for (const until = performance.now() + work; performance.now() < until; );
      return undefined
    },
    skip() {},
    lookUp: parseTopic,
    isRecorded: (topic) => topic.startsWith('home/kitchen/'),
    isCalm: ({ payload }) => payload.toString() !== '99',
    log: silent,
  })
  return { taken, backlog, idle: () => eventually(() => backlog.waiting === 0, 10_000, { interval: 5 }) }
}

/** Adds packets behind others that take a second and a half, and waits for one. */
async function waitForSecond(backlog: ReturnType<typeof createBacklog>, add: () => void): Promise<void> {
  for (const i of Array(60).keys()) backlog.add(packet('home/attic/temperature', `${i}`), false)
  add()
  await setTimeout(1100)
  assert.ok(backlog.waiting > 0)
}

describe('The backlog of a monitor', () => {
  it('passes each packet on at once while the monitor is fast enough', () => {
    const { taken, backlog } = busyMonitor(0)
    for (const i of Array(100).keys()) backlog.add(packet('device/pi/readings', `${i}`), false)
    assert.equal(taken.length, 100)
    assert.equal(backlog.waiting, 0)
  })

  it('keeps the order of packets that wait, and passes each one on', async () => {
    const { taken, backlog, idle } = busyMonitor(15)
    const values = Array.from({ length: 8 }, (_, i) => `${i}`)
    for (const value of values) backlog.add(packet('home/attic/temperature', value), false)
    assert.ok(taken.length < values.length, 'some wait')
    await idle()
    assert.deepEqual(
      taken,
      values.map((value) => `home/attic/temperature ${value}`),
    )
  })

  it('lets timers and sockets have a turn between the packets that wait', async () => {
    const { taken, backlog, idle } = busyMonitor(3)
    for (const i of Array(100).keys()) backlog.add(packet('home/attic/temperature', `${i}`), false)
    const takenAtTimer = await setTimeout(1).then(() => taken.length)
    assert.ok(takenAtTimer < 100, `${takenAtTimer} of 100 before the timer`)
    await idle()
  })

  it('replaces a batch that has waited for a second by the newer one of the same device, in its place', async () => {
    const { taken, backlog, idle } = busyMonitor(25)
    await waitForSecond(backlog, () => {
      backlog.add(packet('device/pi/readings', '1 to 3'), false)
      backlog.add(packet('device/other/readings', '1 to 3'), false)
    })
    backlog.add(packet('device/other/readings', '1 to 6'), false)
    backlog.add(packet('device/pi/readings', '1 to 6'), false)
    await idle()
    assert.deepEqual(taken.slice(-2), ['device/pi/readings 1 to 6', 'device/other/readings 1 to 6'])
    assert.equal(backlog.skipped.batch, 2)
  })

  it('processes each of several batches that a device sends at once', async () => {
    const { taken, backlog, idle } = busyMonitor(25)
    for (const text of ['1 to 3', '4 to 6', '7 to 9']) backlog.add(packet('device/pi/readings', text), false)
    await idle()
    assert.equal(taken.length, 3)
  })

  it('keeps both batches if an info came between them: their rows may belong to different rooms', async () => {
    const { taken, backlog, idle } = busyMonitor(25)
    await waitForSecond(backlog, () => {
      backlog.add(packet('device/pi/readings', 'kitchen'), false)
      backlog.add(packet('device/pi/info', 'moved'), false)
    })
    backlog.add(packet('device/pi/readings', 'attic'), false)
    await idle()
    assert.deepEqual(taken.slice(-3), ['device/pi/readings kitchen', 'device/pi/info moved', 'device/pi/readings attic'])
  })

  it('skips live values that a record brings once packets wait for a second, but none that changes an alert', async () => {
    const { taken, backlog, idle } = busyMonitor(25)
    await waitForSecond(backlog, () => {})
    for (const value of ['21', '99']) backlog.add(packet('home/kitchen/temperature', value), false)
    assert.deepEqual(
      taken.filter((line) => line.startsWith('home/kitchen')),
      ['home/kitchen/temperature 99'],
    )
    assert.equal(backlog.skipped.reading, 1)
    await idle()
  })

  it('acknowledges a packet of QoS 1 only after it was processed', async () => {
    const { taken, backlog } = busyMonitor(25)
    backlog.add(packet('device/busy/info', '{}'), false)
    await backlog.add(packet('home/attic/temperature', '21', 1), false)
    assert.equal(taken.at(-1), 'home/attic/temperature 21')
  })

  it('calls back at the end of the packets that wait, and at once if none waits', async () => {
    const { taken, backlog, idle } = busyMonitor(25)
    let at = -1
    backlog.afterAll(() => {
      at = taken.length
    })
    assert.equal(at, 0)
    for (const i of Array(3).keys()) backlog.add(packet('home/attic/temperature', `${i}`), false)
    backlog.afterAll(() => {
      at = taken.length
    })
    backlog.add(packet('home/attic/temperature', '3'), false)
    await idle()
    assert.equal(at, 3)
  })
})
