import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLog, silent } from '@hearthwatch/log'
import { type Ack, type Batch, readAck, writeBatch } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { guardUnsetClock } from '../../intake/clock-guard.ts'

const info = JSON.stringify({ id: 'pi-1', room: 'pi-1', readings: [{ key: 'temperature', topic: 'home/pi-1/temperature' }] })
const noon = Date.UTC(2026, 10, 23, 12)

function batchOf(now: number, { trusted = true, batch = 'b-1' } = {}): Batch {
  const rows = [{ seq: 1, time: now - 1000, values: { temperature: 21 } }]
  return { device: 'pi-1', epoch: '0123456789abcdef', batch, from: 1, to: 1, now, oldest: 1, rows, trusted }
}

describe('A batch of a device whose clock is days ahead of the monitor', () => {
  it('is deferred in the first ten minutes of the monitor, with one log line', () => {
    let logged = ''
    let steady = 0
    const log = createLog('monitor', 'warn', (line) => {
      logged += line
    })
    const isAhead = guardUnsetClock(log, () => steady)
    assert.equal(isAhead(batchOf(noon), noon - 2 * day), true)
    assert.equal(isAhead(batchOf(noon), noon - 2 * day), true)
    assert.equal(logged.split('\n').length - 1, 1)
    steady = 10 * minute + 1
    assert.equal(isAhead(batchOf(noon), noon - 2 * day), false, 'after ten minutes')
  })

  it('is not deferred if its clock is untrusted, behind, or at most a day ahead', () => {
    const isAhead = guardUnsetClock(silent, () => 0)
    assert.equal(isAhead(batchOf(noon, { trusted: false }), noon - 2 * day), false)
    assert.equal(isAhead(batchOf(noon), noon - day), false)
    assert.equal(isAhead(batchOf(noon), noon + 400 * day), false)
  })

  it('is stored with its own times as soon as the clock of the monitor is set', async () => {
    let behind = 3 * day
    const monitor = await startTestMonitor({}, silent, () => Date.now() - behind)
    try {
      const client = await monitor.client()
      const acks: Ack[] = []
      client.on('message', (_, payload) => acks.push(readAck(payload)))
      await client.subscribeAsync('device/pi-1/ack')
      await client.publishAsync('device/pi-1/info', info, { qos: 1, retain: true })
      const send = (batch: Batch) => client.publishAsync('device/pi-1/readings', writeBatch(batch), { qos: 1 })
      const first = batchOf(Date.now())
      await send(first)
      await send({ ...batchOf(Date.now(), { trusted: false, batch: 'other' }), device: 'pi-1', epoch: 'fedcba9876543210' })
      // The later batch is answered, the first one is not.
      await eventually(() => acks.find(({ re }) => re === 'other'))
      assert.deepEqual(
        acks.map(({ re }) => re),
        ['other'],
      )
      behind = 0
      await send({ ...first, batch: 'b-2' })
      await eventually(() => acks.find(({ re, seq }) => re === 'b-2' && seq === 1))
      assert.deepEqual(
        monitor.rows<{ time: number; value: number }>('SELECT time, value FROM readings'),
        first.rows.map(({ time, values }) => ({ time, value: values.temperature })),
      )
    } finally {
      await monitor.close()
    }
  })
})

describe('A monitor whose clock is years ahead', () => {
  it('still detects a card that was rolled back', async () => {
    const monitor = await startTestMonitor({}, silent, () => Date.now() + 400 * day)
    try {
      const client = await monitor.client()
      const acks: Ack[] = []
      client.on('message', (_, payload) => acks.push(readAck(payload)))
      await client.subscribeAsync('device/pi-1/ack')
      await client.publishAsync('device/pi-1/info', info, { qos: 1, retain: true })
      const send = (batch: Batch) => client.publishAsync('device/pi-1/readings', writeBatch(batch), { qos: 1 })
      const first = batchOf(Date.now())
      await send(first)
      await eventually(() => acks.find(({ re, seq }) => re === 'b-1' && seq === 1))
      await send({ ...first, batch: 'b-2', rows: [{ seq: 1, time: first.now - 500, values: { temperature: 22 } }] })
      await eventually(() => acks.find(({ re, err }) => re === 'b-2' && err === 'fork'))
    } finally {
      await monitor.close()
    }
  })
})
