import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Findings } from '@hearthwatch/api/doctor'
import { hashPassword } from '@hearthwatch/broker/passwd'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'

/** The access list that docs/devices.md gives for a broker that exists already. */
const documented =
  /^```\n(user hearthwatch\n[\s\S]*?)^```/m.exec(readFileSync(new URL('../docs/devices.md', import.meta.url), 'utf8'))?.[1] ?? ''

const lists = { 'enforces no access list': undefined, 'has the documented access list': documented }
for (const [title, acl] of Object.entries(lists))
  describe(`A broker of another program that ${title}`, need('mosquitto'), () => {
    const folder = mkdtempSync(join(tmpdir(), 'another-broker-'))
    const sensors: ChildProcess[] = []
    let broker: Mosquitto
    let house: TestMonitor
    before(async () => {
      const users = ['homeassistant', 'hearthwatch', 'sensors']
      writeFileSync(join(folder, 'passwd'), users.map((user) => `${user}:${hashPassword(user)}\n`).join(''))
      if (acl !== undefined) writeFileSync(join(folder, 'acl'), acl)
      const list = acl === undefined ? [] : [`acl_file ${join(folder, 'acl')}`]
      broker = await startMosquitto({ config: [`password_file ${join(folder, 'passwd')}`, ...list] })
      const url = `mqtt://127.0.0.1:${broker.port}`
      house = await startTestMonitor({ MQTT_URL: url, MQTT_USERNAME: 'hearthwatch', MQTT_PASSWORD: 'hearthwatch', HA_DISCOVERY: 'on' })
      for (const id of ['pi-1', 'pi-2'])
        sensors.push(
          spawn(process.execPath, [join(import.meta.dirname, '../apps/sensor/main.ts')], {
            cwd: folder,
            stdio: 'ignore',
            env: {
              PATH: process.env.PATH,
              ...{ SENSOR_ID: id, ROOM: id, PROBE: 'simulated', READ_INTERVAL: '0.2', BATCH_INTERVAL: '0.5', OUTBOX_DIR: join(folder, id) },
              ...{ MQTT_URL: url, MQTT_USERNAME: 'sensors', MQTT_PASSWORD: 'sensors', MQTT_CLIENT_ID: id },
            },
          }),
        )
    })
    after(async () => {
      for (const sensor of sensors) {
        const gone = once(sensor, 'close')
        sensor.kill()
        await gone
      }
      await house.close()
      await broker.stop()
      rmSync(folder, { recursive: true })
    })

    it('brings the record of two sensors that share a user', async () => {
      const stored = (id: string) => house.rows<{ n: number }>(`SELECT count(*) n FROM readings WHERE device = '${id}'`)[0]?.n ?? 0
      await eventually(() => stored('pi-1') > 10 && stored('pi-2') > 10, 40_000)
      const devices = await house.get<{ id: string; status: string; missing: number; problems: unknown[] }[]>('/api/devices')
      for (const id of ['pi-1', 'pi-2']) {
        const { status, missing } = devices.find((device) => device.id === id) ?? {}
        assert.deepEqual([id, status, missing], [id, 'online', 0])
      }
    })

    it('has every grant that the monitor needs, by the doctor', async () => {
      const { findings } = await house.get<Findings>('/api/doctor?needs=connection')
      for (const id of ['login', 'delivery']) assert.equal(findings.find((finding) => finding.id === id)?.level, 'ok', id)
    })
  })
