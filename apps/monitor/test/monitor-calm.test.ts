import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { writeBatch } from '@hearthwatch/protocol'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import Database from 'better-sqlite3'
import type { MqttClient } from 'mqtt'

describe('A live reading or heartbeat that changes no alert', () => {
  const id = 'pi-calm'
  const epoch = '0123456789abcdef'
  let monitor: TestMonitor
  let client: MqttClient
  let reader: Database.Database
  let seq = 0
  before(async () => {
    monitor = await startTestMonitor()
    client = await monitor.client()
    reader = new Database(monitor.config.DATABASE_FILE, { readonly: true })
    const readings = [{ key: 'temperature', topic: 'home/den/temperature' }]
    await client.publishAsync(`device/${id}/info`, JSON.stringify({ id, room: 'den', epoch, interval: 10, readings }), {
      qos: 1,
      retain: true,
    })
    await beat(1)
    await eventually(async () => (await device())?.heartbeat?.cpu === 1)
    await eventually(() => monitor.rows('SELECT 1 FROM device WHERE heartbeat IS NOT NULL')[0])
  })
  after(async () => {
    reader.close()
    await monitor.close()
  })
  const device = async () => (await monitor.get<Device[]>('/api/devices')).find((one) => one.id === id)
  const beat = (cpu: number) =>
    client.publishAsync(`device/${id}/heartbeat`, JSON.stringify({ device_id: id, timestamp: new Date().toISOString(), cpu }))
  const live = (value: number) => client.publishAsync('home/den/temperature', String(value))
  /** Changes with each commit of the monitor. */
  const version = () => reader.pragma('data_version', { simple: true })
  async function record(value: number): Promise<void> {
    seq += 1
    const now = Date.now()
    const batch = {
      device: id,
      epoch,
      batch: `b-${seq}`,
      from: seq,
      to: seq,
      now,
      rows: [{ seq, time: now, values: { temperature: value } }],
      trusted: true,
    }
    await client.publishAsync(`device/${id}/readings`, writeBatch(batch), { qos: 1 })
    await eventually(() => monitor.rows<{ kept: number }>('SELECT kept FROM epoch')[0]?.kept === seq)
  }
  const shown = (value: number) =>
    eventually(async () => {
      const [room] = await monitor.get<Room[]>('/api/rooms')
      return room?.quantities.temperature?.value === value
    })

  it('is shown at once, and is written with the next transaction that has another reason', async () => {
    let cpu = 1
    // Something else, such as the birth of the device, may be written in the first moments.
    await eventually(async () => {
      cpu += 1
      const before = version()
      await live(20 + cpu / 10)
      await shown(20 + cpu / 10)
      await beat(cpu)
      await eventually(async () => (await device())?.heartbeat?.cpu === cpu)
      return version() === before
    })
    const before = version()
    await record(21.5)
    assert.notEqual(version(), before)
    const [{ heartbeat } = { heartbeat: '' }] = monitor.rows<{ heartbeat: string }>(`SELECT heartbeat FROM device WHERE key = '${id}'`)
    assert.equal(JSON.parse(heartbeat).cpu, cpu, 'the heartbeat was written with the batch')
  })

  it('is judged and committed at once if the reading crosses a limit', async () => {
    await live(35)
    await eventually(() => monitor.rows("SELECT 1 FROM alert_log WHERE room = 'den' AND state = 'firing'")[0])
    await live(21)
    await record(21)
    await eventually(() => monitor.rows("SELECT 1 FROM alert_log WHERE room = 'den' AND state = 'resolved'")[0])
  })

  it('is in the database after the monitor has stopped', async () => {
    await beat(3)
    await eventually(async () => (await device())?.heartbeat?.cpu === 3)
    await monitor.restart()
    assert.equal((await device())?.heartbeat?.cpu, 3)
  })
})
