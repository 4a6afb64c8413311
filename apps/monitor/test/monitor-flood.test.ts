import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { BatchSensor } from '@hearthwatch/testhouse/sensors/batch-sensor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'
import { mostOfUnproven, mostPerHour } from '../alerts/alert-rate.ts'
import { batchBounds } from '../intake/batch-rate.ts'
import { bounds } from '../store/readings/admission.ts'

/** Plain topics of rooms that do not exist, as many as the broker takes. */
async function makeUpRooms(client: MqttClient, count: number, value: string): Promise<void> {
  const published = Array.from({ length: count }, (_, n) => client.publishAsync(`home/made up ${n}/temperature`, value, { qos: 1 }))
  await Promise.all(published)
}

describe('A flood of messages', () => {
  let monitor: TestMonitor
  let inbox: Inbox
  let guest: MqttClient
  let pi: BatchSensor
  const rejected = async (reason: string) => {
    const metrics = await (await fetch(new URL('/metrics', monitor.url))).text()
    return Number(new RegExp(`hearthwatch_rejected_total\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0)
  }
  const alerts = (where: string) => monitor.rows<Alert>(`SELECT * FROM alert_log WHERE ${where}`)

  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_INTERVAL: '60' })
    guest = await monitor.client()
    // The nursery is known before the flood, with a reading of a former start.
    await guest.publishAsync('home/nursery/temperature', '21', { qos: 1 })
    await eventually(() => monitor.rows('SELECT 1 FROM readings').length > 0)
    await monitor.restart()
    guest = await monitor.client()
    pi = await new BatchSensor(await monitor.client({ username: 'sensor', clientId: 'sensor' }), 'pi-bad', 'cellar').begin()
  })
  after(async () => {
    await monitor?.close()
    await inbox?.close()
  })

  it(`of made-up rooms is cut off at ${bounds.plain.rooms} rooms; a known room's critical alert is sent at once and alone`, async () => {
    await makeUpRooms(guest, 2 * bounds.plain.rooms, '45')
    await guest.publishAsync('home/nursery/temperature', '46', { qos: 1 })
    const mails = [await inbox.next()]
    while (!/nursery/.test(mails.at(-1)?.subject ?? '')) mails.push(await inbox.next())
    assert.match(mails.at(-1)?.subject ?? '', /^nursery 46\.0 °C: too hot/)
    // The flood's own mails: one of alerts, one of the flood.
    assert.ok(mails.length <= 3, mails.map(({ subject }) => subject).join('\n'))
    const rooms = await monitor.get<Room[]>('/api/rooms')
    assert.ok(rooms.length <= bounds.plain.rooms + 2)
    assert.equal(await rejected('too-many-rooms'), bounds.plain.rooms + 1)
    const fired = () => alerts("rule = 'too-hot' AND room LIKE 'made up%'").length
    assert.equal(await eventually(() => fired() === mostOfUnproven && fired()), mostOfUnproven)
    assert.deepEqual(
      alerts("rule = 'flood' AND device IS NULL").map(({ state }) => state),
      ['firing'],
    )
  })

  it(`of made-up device ids makes ${mostOfUnproven} alerts that they are offline; a known sensor's is sent in a message of its own`, async (t) => {
    const inbox = await startInbox()
    t.after(() => inbox.close())
    const quick = { OFFLINE_AFTER: '1', SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_INTERVAL: '60' }
    const house = await startTestMonitor(quick)
    t.after(() => house.close())
    let client = await house.client()
    const beat = (id: string) => client.publishAsync('device/heartbeat', JSON.stringify({ device_id: id }), { qos: 1 })
    await beat('known')
    await eventually(() => house.rows("SELECT 1 FROM device WHERE key = 'known' AND seen IS NOT NULL").length === 1)
    await house.restart()
    client = await house.client()
    await Promise.all(Array.from({ length: mostOfUnproven + 100 }, (_, n) => beat(`made-up-${n}`)))
    await beat('known')
    const offline = (where: string) => house.rows(`SELECT 1 FROM alert_log WHERE rule = 'offline' AND state = 'firing' AND ${where}`).length
    await eventually(() => offline("device = 'known'") === 1 && offline("device LIKE 'made-up%'") === mostOfUnproven)
    await inbox.next(({ subject }) => /^known: /.test(subject))
    await eventually(async () => (await house.get<Device[]>('/api/devices')).every(({ status }) => status === 'offline'))
    assert.equal(offline("device LIKE 'made-up%'"), mostOfUnproven)
    assert.deepEqual(house.rows("SELECT 1 FROM alert_log WHERE rule = 'flood' AND device IS NOT NULL"), [])
  })

  it('of made-up quantities of one room is cut off, and its other quantities are stored', async () => {
    const published = Array.from({ length: 2 * bounds.quantities }, (_, n) =>
      guest.publishAsync(`home/nursery/made_up_${n}`, '1', { qos: 1 }),
    )
    await Promise.all(published)
    await guest.publishAsync('home/nursery/temperature', '22', { qos: 1 })
    await eventually(async () => {
      const room = (await monitor.get<Room[]>('/api/rooms')).find(({ room }) => room === 'nursery')
      return room?.quantities.temperature?.value === 22 && Object.keys(room.quantities).length === bounds.quantities
    })
  })

  it(`of late alarms in a small batch makes ${mostPerHour} alerts: further ones extend the last, and the sensor is named`, async () => {
    const values = Array.from({ length: 500 }, (_, n) => (n % 2 === 0 ? 45 : 20))
    const batch = pi.batch(1, values)
    // Each crossing stands alone: an hour lies between two.
    const rows = batch.rows.map((row, n) => ({ ...row, time: batch.now - (600 - n) * 3_600_000 }))
    assert.equal((await pi.send({ ...batch, rows })).seq, 500)
    const late = await eventually(() => {
      const found = alerts("rule = 'too-hot' AND room = 'cellar'")
      return found.length >= mostPerHour ? found : undefined
    })
    assert.equal(late.length, mostPerHour)
    const last = Math.max(...late.map(({ resolved }) => resolved ?? 0))
    // The last row is cool; the crossing before it is in the last alert.
    assert.ok(Math.abs(batch.now - last - 102 * 3_600_000) < 5000)
    await eventually(() => alerts("rule = 'flood' AND device = 'pi-bad'").length === 1)
  })

  it(`of rooms in a record is cut off at ${bounds.device.rooms} rooms of a device, and the batch is acknowledged`, async () => {
    const other = await new BatchSensor(guest, 'pi-worse', 'attic').begin()
    const batch = other.batch(1, [20])
    const values = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`shelf ${n}/temperature`, 45]))
    const before = await rejected('too-many-rooms')
    const ack = await other.send({ ...batch, rows: batch.rows.map((row) => ({ ...row, values })) })
    assert.deepEqual([ack.seq, ack.err], [1, undefined])
    const stored = monitor.rows<{ room: string }>("SELECT DISTINCT room FROM readings WHERE device = 'pi-worse'")
    assert.equal(stored.length, bounds.device.rooms)
    assert.equal((await rejected('too-many-rooms')) - before, 60 - bounds.device.rooms)
    assert.equal(alerts("rule = 'flood' AND device = 'pi-worse'").length, 1)
  })

  it('of batches is not acknowledged when their device has sent too much; batches of others are', async () => {
    const bad = await new BatchSensor(guest, 'pi-years', 'vault').begin()
    const values = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`q${n}`, null]))
    // Each value lies in a span of its own. Values of null are free to store, so the test takes no minute.
    const send = (n: number) => {
      const batch = bad.batch(500 * n + 1, Array(500).fill(20))
      const rows = batch.rows.map(({ seq }) => [seq, batch.now - (seq % 8000) * 3_600_000, values])
      const payload = deflateSync(JSON.stringify({ v: 1, ...batch, rows }))
      return guest.publishAsync('device/pi-years/readings', payload, { qos: 1 })
    }
    const enough = Math.ceil(batchBounds.spans.most / (500 * 30)) + 1
    await Promise.all(Array.from({ length: enough }, (_, n) => send(n)))
    await eventually(() => alerts("rule = 'flood' AND device = 'pi-years'").length === 1)
    assert.equal(await rejected('too-fast'), 1)
    const other = await new BatchSensor(guest, 'pi-calm', 'study').begin()
    assert.equal((await other.send(other.batch(1, [20]))).seq, 1)
  })
})
