import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import type { MqttClient } from 'mqtt'

describe('A device', () => {
  let monitor: TestMonitor
  let guest: MqttClient
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', OFFLINE_AFTER: '3' })
    guest = await monitor.client()
  })
  after(async () => {
    await monitor?.close()
    await inbox.close()
  })
  const publish = (topic: string, payload: string, retain = false) => guest.publishAsync(topic, payload, { qos: 1, retain })
  const alerts = (device: string) => monitor.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.device === device)
  const device = async (id: string) => (await monitor.get<Device[]>('/api/devices')).find((view) => view.id === id)
  const info = (id: string, room: string, status = `device/${id}/status`) =>
    JSON.stringify({ id, room, status, readings: [{ key: 'temperature', topic: `home/${room}/temperature` }] })

  it('is offline as soon as the broker publishes its last will, and is notified 5 s later', async () => {
    const sensor = await monitor.client({
      username: 'sensor',
      will: { topic: 'device/pi-1/status', payload: Buffer.from('offline'), qos: 1, retain: true },
    })
    await sensor.publishAsync('device/pi-1/info', info('pi-1', 'kitchen'), { qos: 1, retain: true })
    await sensor.publishAsync('device/pi-1/status', 'online', { qos: 1, retain: true })
    await eventually(async () => (await device('pi-1'))?.status === 'online')
    sensor.stream.destroy()
    await eventually(async () => (await device('pi-1'))?.status === 'offline')
    assert.deepEqual(
      alerts('pi-1').map(({ state }) => state),
      ['pending'],
    )
    const mail = await inbox.next(({ subject }) => subject.includes('kitchen'))
    assert.match(mail.subject, /offline/)
    await publish('device/pi-1/status', 'online')
    await inbox.next(({ text }) => text.includes('pi-1'))
    assert.deepEqual(
      alerts('pi-1').map(({ state }) => state),
      ['resolved'],
    )
  })

  it('that reconnects within 5 s raises no alert, as in a Wi-Fi hand-over', async () => {
    await publish('device/pi-2/status', 'online')
    await publish('device/pi-2/status', 'offline')
    await eventually(() => alerts('pi-2').length === 1)
    await publish('device/pi-2/status', 'online')
    await eventually(() => alerts('pi-2').length === 0)
  })

  it('that sends heartbeats raises an alert when they stop for OFFLINE_AFTER', async () => {
    await publish('device/pi-3/info', info('pi-3', 'cellar'), true)
    await publish('device/pi-3/heartbeat', '{"cpu":1}')
    await inbox.next(({ subject }) => subject.includes('cellar'))
    assert.equal((await device('pi-3'))?.status, 'offline')
    await publish('device/pi-3/heartbeat', '{"cpu":1}')
    await eventually(() => alerts('pi-3').some(({ state }) => state === 'resolved'))
  })

  it('that was never online raises no offline alert', async () => {
    await publish('device/pi-4/status', 'offline')
    await eventually(async () => (await device('pi-4'))?.status === 'offline')
    assert.deepEqual(alerts('pi-4'), [])
  })

  it('does not go offline by a status topic that several devices name as theirs', async () => {
    const shared = 'home/den/sensor/status'
    await publish('device/pi-5/info', info('pi-5', 'den', shared), true)
    await publish('device/pi-6/info', info('pi-6', 'den', shared), true)
    await publish(shared, 'offline')
    await publish('device/pi-6/status', 'offline')
    await eventually(async () => (await device('pi-5'))?.status === 'online')
    assert.deepEqual(alerts('pi-5'), [])
  })
})
