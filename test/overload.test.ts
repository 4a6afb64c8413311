import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'
import { startFleet } from '@hearthwatch/testhouse/sensors/fleet'
import Database from 'better-sqlite3'
import mqtt from 'mqtt'
import { databaseOf, inFolder, withBroker, withMonitor } from '../bench/program.ts'
import { slowDown } from '../bench/slow-down.ts'

/** Each publishes three live readings and a batch of three a second, which a monitor with a tenth of a core cannot bear. */
const devices = 600
const interval = 333

describe('A storm of more devices than the monitor can bear', { ...need('mosquitto'), timeout: 240_000 }, () => {
  it('loses no row and stores none twice; alerts and page go on', (t) =>
    inFolder('storm', (folder) =>
      withBroker(async (MQTT_URL) => {
        const port = await freePort()
        const url = `http://127.0.0.1:${port}`
        await withMonitor(folder, { MQTT_URL, HTTP_PORT: String(port) }, async (monitor) => {
          const fleet = await startFleet(MQTT_URL, interval)
          const guest = await mqtt.connectAsync(MQTT_URL)
          const counts = (sql: string) => {
            const db = new Database(databaseOf(folder), { readonly: true })
            try {
              return db.prepare<[], number>(sql).pluck().get()
            } finally {
              db.close()
            }
          }
          const skipped = async () => {
            const metrics = await (await fetch(`${url}/metrics`)).text()
            return Number(/hearthwatch_skipped_total\{kind="reading"\} (\d+)/.exec(metrics)?.[1])
          }
          t.after(() => {
            fleet.stop()
            guest.end(true)
          })

          await fleet.join(devices)
          await eventually(() => counts('SELECT count(*) FROM device WHERE info IS NOT NULL') === devices, 60_000)
          const restore = slowDown(monitor.pid, 20, 180)
          try {
            await eventually(async () => (await skipped()) > 100, 60_000)
            // A skipped value is never one that raises an alert.
            await eventually(async () => {
              await guest.publishAsync('home/room 7/temperature', '45')
              return counts(`SELECT count(*) FROM alert WHERE rule = 'too-hot'`) === 1
            }, 60_000)
            await fleet.report()
            await eventually(async () => (await fleet.report()).acknowledged > 0, 60_000)
          } finally {
            restore()
          }
          await fleet.join(0)
          await eventually(async () => (await fleet.report()).waiting === 0, 120_000)
          const { all } = await fleet.report()
          assert.equal(counts('SELECT count(*) FROM reading'), all)
          assert.equal(counts('SELECT count(*) FROM gap'), 0)
          assert.equal(counts(`SELECT count(*) FROM alert WHERE rule IN ('offline', 'silent')`), 0)
        })
      }),
    ))
})
