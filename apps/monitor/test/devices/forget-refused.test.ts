import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt from 'mqtt'

it(
  'a device is not forgotten if the broker refuses to clear its retained messages, and the answer says so',
  need('mosquitto'),
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'forget-'))
    const acl = join(folder, 'acl')
    const rights = 'topic readwrite home/#\ntopic readwrite monitor/status\ntopic read device/#\n'
    writeFileSync(acl, `user monitor\n${rights}user other\ntopic readwrite #\n`)
    const broker = await startMosquitto({ config: ['allow_anonymous true', `acl_file ${acl}`] })
    const url = `mqtt://127.0.0.1:${broker.port}`
    const monitor = await startTestMonitor({ MQTT_URL: url, MQTT_USERNAME: 'monitor' })
    try {
      const other = await mqtt.connectAsync(url, { username: 'other', reconnectPeriod: 0 })
      await other.publishAsync('device/pi-1/status', 'offline', { qos: 1, retain: true })
      await other.endAsync()
      const isKnown = async () => (await monitor.get<{ id: string }[]>('/api/devices')).some(({ id }) => id === 'pi-1')
      await eventually(isKnown)
      await assert.rejects(monitor.send('DELETE', '/api/devices/pi-1'), {
        message: /: 503 \{"error":"The broker did not take a message: the broker refuses device\/pi-1\/\w+: not authorised\."\}/,
      })
      assert.ok(await isKnown())
    } finally {
      await monitor.close()
      await broker.stop()
      rmSync(folder, { recursive: true })
    }
  },
)
