import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { startBroker } from '@hearthwatch/broker'
import { createLog, silent } from '@hearthwatch/log'
import { connect } from '@hearthwatch/mqtt'
import { eventually } from '@hearthwatch/testhouse/eventually'
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
})
