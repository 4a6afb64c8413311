import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { silent } from '@hearthwatch/log'
import { readAck, writeBatch } from '@hearthwatch/protocol'
import { day, minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import type { MqttClient } from 'mqtt'
import { archiveOldReadings } from '../../nightly/archive-readings.ts'
import { openStore } from '../../store/store.ts'

const rows = 400
/** Ten-minute intervals from nearly two weeks ago, over several days. */
const begin = Math.floor((Date.now() - 13 * day) / day) * day

describe('A batch whose readings have been archived', () => {
  let house: TestMonitor
  before(async () => {
    house = await startTestMonitor({ RETENTION_DAYS: '0' })
  })
  after(() => house?.close())

  const batch = (name: string, from: number, count: number, value = (seq: number) => seq / 10) =>
    writeBatch({
      device: 'pi-1',
      epoch: '0123456789abcdef',
      batch: name,
      from,
      to: from + count - 1,
      now: Date.now(),
      trusted: true,
      rows: Array.from({ length: count }, (_, i) => ({
        seq: from + i,
        time: begin + (from + i) * 10 * minute,
        values: { temperature: value(from + i) },
      })),
    })

  async function connect(): Promise<(name: string, payload: Buffer | string) => Promise<ReturnType<typeof readAck>>> {
    const client: MqttClient = await house.client()
    const acks: ReturnType<typeof readAck>[] = []
    client.on('message', (_, payload) => void acks.push(readAck(payload)))
    await client.subscribeAsync('device/pi-1/ack', { qos: 1 })
    // A batch of a device that has not introduced itself is not answered.
    const readings = [{ key: 'temperature', topic: 'home/kitchen/temperature' }]
    const info = { id: 'pi-1', room: 'kitchen', epoch: '0123456789abcdef', readings }
    await client.publishAsync('device/pi-1/info', JSON.stringify(info), { qos: 1, retain: true })
    return async (name, payload) => {
      await client.publishAsync('device/pi-1/readings', payload, { qos: 1 })
      return eventually(() => acks.find((ack) => ack.re === name))
    }
  }

  /** The nightly task that a running monitor starts at 03:30. */
  async function archive(): Promise<void> {
    await house.stop()
    const store = openStore(house.config.DATABASE_FILE)
    await archiveOldReadings({ store, now: Date.now, log: silent })
    store.close()
    await house.restart()
  }

  const everything = `/api/export.csv?from=${begin}`
  const csv = async () => (await fetch(new URL(everything, house.url))).text()

  it('is acknowledged as before when it is sent again, and each reading is stored once', async () => {
    let send = await connect()
    assert.equal((await send('a', batch('a', 1, rows))).seq, rows)
    const before = await csv()
    assert.equal(before.split('\n').length, rows + 2)
    await archive()
    assert.ok((house.rows<{ count: number }>('SELECT count(*) AS count FROM readings')[0]?.count ?? rows) < rows)
    assert.equal(await csv(), before)

    send = await connect()
    const again = await send('b', batch('b', 1, rows))
    assert.deepEqual([again.seq, again.err], [rows, undefined])
    assert.equal(await csv(), before)
    // A restored memory card has other readings under the same row numbers.
    const other = await send(
      'c',
      batch('c', 1, rows, (seq) => seq / 10 + 0.1),
    )
    assert.equal(other.err, 'fork')
    assert.equal(await csv(), before)
  })
})
