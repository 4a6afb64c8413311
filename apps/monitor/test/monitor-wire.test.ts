import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { writeBatch } from '@hearthwatch/protocol'
import { follow, type StreamEvent } from '@hearthwatch/testhouse/monitor/event-stream'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import type { IClientPublishOptions, MqttClient } from 'mqtt'

describe('The packet trace', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  let stream: Awaited<ReturnType<typeof follow>>
  before(async () => {
    monitor = await startTestMonitor()
    guest = await monitor.client()
    stream = await follow(monitor.url, '/api/wire')
  })
  after(async () => {
    stream.close()
    await monitor.close()
  })

  /** Publishes a packet, and returns its outcome once that includes `awaited`. */
  async function outcomeOf(
    topic: string,
    payload: string | Buffer,
    awaited: string,
    options: IClientPublishOptions = {},
  ): Promise<string[]> {
    const before = new Set(stream.events)
    guest.publish(topic, payload, options)
    const first = await stream.until((event) => !before.has(event) && event.type === 'packet' && event.data.topic === topic)
    const last = await stream.until(
      ({ data }: StreamEvent) => data.id === first.data.id && data.verdict.some((word: string) => word.startsWith(awaited)),
    )
    return last.data.verdict
  }

  const introduce = (id: string) => {
    const info = { id, room: id, readings: [{ key: 'temperature', topic: `home/${id}/temperature` }] }
    return outcomeOf(`device/${id}/info`, JSON.stringify(info), 'claimed', { qos: 1 })
  }

  it('shows the reason why a packet is rejected', async () => {
    assert.deepEqual(await outcomeOf('home/kitchen/temperature', 'warm', 'rejected'), ['rejected: not-a-number'])
    assert.deepEqual(await outcomeOf('home/kitchen/temperature', '999', 'rejected'), ['rejected: out-of-range'])
    assert.deepEqual(await outcomeOf('device/pi-9/heartbeat', '{', 'rejected'), ['rejected: bad-json'])
  })

  it('shows that the first reading of a topic is deferred', async () => {
    assert.deepEqual((await outcomeOf('home/attic/temperature', '20', 'held')).slice(0, 2), ['shown', 'held'])
  })

  it('shows that a reading is shown, stored and judged, and that the same reading again is a repeat', async () => {
    // Waits until the topic is no longer new.
    await outcomeOf('home/attic/temperature', '20.5', 'judged')
    assert.deepEqual(await outcomeOf('home/attic/temperature', '21', 'judged'), ['shown', 'stored', 'judged'])
    const timed = JSON.stringify({ value: 21.5, time: Date.now() - 50 })
    assert.deepEqual(await outcomeOf('home/attic/temperature', timed, 'judged'), ['shown', 'stored', 'judged'])
    assert.deepEqual(await outcomeOf('home/attic/temperature', timed, 'judged'), ['shown', 'repeat', 'judged'])
    const old = JSON.stringify({ value: 21.5, time: Date.now() - 3_600_000 })
    assert.deepEqual(await outcomeOf('home/attic/temperature', old, 'late'), ['old', 'stored', 'late'])
  })

  it('shows the effect of a status, a heartbeat and an info message', async () => {
    assert.deepEqual(await outcomeOf('home/attic/sensor/status', 'online', 'status'), ['status: online'])
    assert.deepEqual(await outcomeOf('device/pi-8/heartbeat', '{"cpu":5}', 'alive'), ['alive'])
    const info = { id: 'pi-8', room: 'attic', epoch: 'fedcba9876543210', readings: [{ key: 'humidity', topic: 'home/attic/humidity' }] }
    assert.deepEqual(await outcomeOf('device/pi-8/info', JSON.stringify(info), 'claimed'), ['claimed'])
    assert.deepEqual(await outcomeOf('home/attic/humidity', '50', 'judged'), ['shown', 'recorded', 'judged'])
  })

  it('shows the number of stored rows of a batch, and its answer', async () => {
    const now = Date.now()
    const row = (seq: number) => ({ seq, time: now - 5000 + seq, values: { temperature: 20 + seq } })
    const send = (from: number, to: number, awaited: string, epoch = '1123456789abcdef') => {
      const rows = Array.from({ length: to - from + 1 }, (_, i) => row(from + i))
      const batch = { device: 'pi-6', epoch, batch: `b${from}-${to}`, from, to, now, rows, trusted: true }
      return outcomeOf('device/pi-6/readings', writeBatch(batch), awaited)
    }
    assert.deepEqual(await send(1, 3, 'rejected'), ['rejected: not-introduced'])
    await introduce('pi-6')
    assert.deepEqual(await send(1, 3, 'answered'), ['stored: 3', 'answered: ack 3'])
    assert.deepEqual(await send(3, 4, 'answered'), ['stored: 1', 'repeat: 1', 'answered: ack 4'])
    assert.deepEqual(await send(4, 4, 'answered'), ['repeat: 1', 'answered: ack 4'])
    assert.deepEqual(await send(9, 9, 'answered'), ['answered: rewind 4'])
  })

  it('shows QoS, retain and size of a packet as received', async () => {
    guest.publish('home/cellar/humidity', '55', { qos: 1, retain: true })
    const { data } = await stream.until((event) => event.data.topic === 'home/cellar/humidity')
    assert.deepEqual([data.direction, data.qos, data.retain, data.dup, data.bytes], ['in', 1, false, false, 28])
  })

  it('shows packets that the monitor publishes', async () => {
    const now = Date.now()
    const rows = [{ seq: 1, time: now - 5, values: { temperature: 21.5 } }]
    await introduce('pi-7')
    const batch = { device: 'pi-7', epoch: '0123456789abcdef', batch: 'b1', from: 1, to: 1, now, rows, trusted: true }
    guest.publish('device/pi-7/readings', writeBatch(batch), { qos: 1 })
    const { data } = await stream.until((event) => event.data.topic === 'device/pi-7/ack')
    assert.equal(data.direction, 'out')
    assert.equal(JSON.parse(data.payload).seq, 1)
  })
})
