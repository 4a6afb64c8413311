import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { createLog, silent } from '@hearthwatch/log'
import { connect } from '@hearthwatch/mqtt'
import { startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { startSensor } from '../../agent.ts'
import { readConfig } from '../../config.ts'
import { createPresence } from '../../presence/presence.ts'

describe('A sensor whose room the access list does not grant', () => {
  it('logs it once with the remedy, and again when the room is granted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refused-'))
    const aclFile = join(folder, 'acl')
    const grant = (room: string) => writeFileSync(aclFile, `user pi-1\ntopic write device/pi-1/#\ntopic readwrite home/${room}/#\n`)
    grant('bath')
    const options = { host: '127.0.0.1', port: 0, passwordFile: join(folder, 'passwd'), aclFile, users: { 'pi-1': 'secret' }, log: silent }
    const broker = await startBroker(options)
    const lines: string[] = []
    const log = createLog('sensor', 'info', (line) => void lines.push(line))
    const config = readConfig({ SENSOR_ID: 'pi-1', ROOM: 'garage', PROBE: 'simulated', MQTT_URL: `mqtt://127.0.0.1:${broker.port}` }, [])
    const inForce = { READ_INTERVAL: 10, HEARTBEAT_INTERVAL: 30, MAX_RATE: 10, ALERT_ABOVE: 30, ALERT_BELOW: undefined, offsets: {} }
    const presence = createPresence(
      config,
      () => ({ trust: { authorities: '' }, epoch: '0123456789abcdef', channels: [], inForce }),
      log,
      50,
    )
    const link = connect({
      url: config.MQTT_URL,
      clientId: 'pi-1',
      username: 'pi-1',
      password: 'secret',
      clean: true,
      log: silent,
      onConnect: (opened) => presence.announce(opened),
      onMessage: (packet) => void presence.onMessage(packet),
    })
    try {
      await eventually(() => lines.some((line) => /ERROR.*REFUSES THIS ROOM.*garage.*setup -- sensor move pi-1 garage/.test(line)))
      await presence.announce(link)
      assert.equal(lines.filter((line) => line.includes('REFUSES')).length, 1)
      grant('garage')
      await broker.reload()
      await eventually(async () => {
        await presence.announce(link)
        return lines.some((line) => line.includes('accepts this room again'))
      })
    } finally {
      await presence.leave()
      await link.close()
      await broker.close()
      rmSync(folder, { recursive: true })
    }
  })

  it('logs it at once if a broker of MQTT 5 tells it, and stays connected for its record', need('mosquitto'), async () => {
    const folder = mkdtempSync(join(tmpdir(), 'refused-'))
    writeFileSync(join(folder, 'acl'), 'topic readwrite device/#\n')
    const broker = await startMosquitto({ config: [`acl_file ${join(folder, 'acl')}`, 'allow_anonymous true'] })
    const lines: string[] = []
    const log = createLog('sensor', 'info', (line) => void lines.push(line))
    const settings = { SENSOR_ID: 'pi-1', ROOM: 'garage', PROBE: 'simulated', OUTBOX_DIR: join(folder, 'outbox') }
    const pace = { READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.2' }
    const sensor = await startSensor(readConfig({ ...settings, ...pace, MQTT_URL: `mqtt://127.0.0.1:${broker.port}` }, []), log)
    try {
      // Without the reason of the broker it is logged ten seconds later.
      await eventually(
        () => lines.some((line) => /ERROR.*REFUSES THIS ROOM: the broker refuses home\/garage\/sensor\/status: not auth/.test(line)),
        5000,
      )
      await eventually(
        () => (broker.output().match(/Received PUBLISH from pi-1 \(d0, q1, r0, .*'device\/pi-1\/readings'/g)?.length ?? 0) > 1,
      )
      assert.equal(lines.filter((line) => line.includes(' connected ')).length, 1)
    } finally {
      await sensor.close()
      await broker.stop()
      rmSync(folder, { recursive: true })
    }
  })
})
