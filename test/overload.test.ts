import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'
import { type Fleet, startFleet } from '@hearthwatch/testhouse/sensors/fleet'
import Database from 'better-sqlite3'
import mqtt from 'mqtt'
import { databaseOf, inFolder, withBroker, withMonitor } from '../bench/program.ts'
import { slowDown } from '../bench/slow-down.ts'

/** Each publishes three live readings and a batch of three a second, which a monitor with a tenth of a core cannot bear. */
const devices = 600
const interval = 333

/** The first column of the rows that the monitor has stored. */
function stored<T = number>(folder: string, sql: string): T[] {
  const db = new Database(databaseOf(folder), { readonly: true })
  try {
    return db.prepare<[], T>(sql).pluck().all()
  } finally {
    db.close()
  }
}

describe('A storm of more devices than the monitor can bear', { ...need('mosquitto'), timeout: 480_000 }, () => {
  it('loses no row and stores none twice; alerts and page go on', (t) =>
    inFolder('storm', (folder) =>
      withBroker(async (MQTT_URL) => {
        const port = await freePort()
        const url = `http://127.0.0.1:${port}`
        await withMonitor(folder, { MQTT_URL, HTTP_PORT: String(port) }, async (monitor) => {
          const { fleet, guest } = await startSenders(t, MQTT_URL)
          const count = (sql: string) => stored(folder, `SELECT count(*) FROM ${sql}`)[0]
          const skipped = async () => {
            const metrics = await (await fetch(`${url}/metrics`)).text()
            return Number(/hearthwatch_skipped_total\{kind="reading"\} (\d+)/.exec(metrics)?.[1])
          }

          await introduce(fleet, folder)
          const restore = slowDown(monitor.pid, 20, 180)
          try {
            await eventually(async () => (await skipped()) > 100, 60_000)
            // A skipped value is never one that raises an alert.
            await eventually(async () => {
              await guest.publishAsync('home/room 7/temperature', '45')
              return count(`alert WHERE rule = 'too-hot'`) === 1
            }, 60_000)
            await fleet.report()
            await eventually(async () => (await fleet.report()).acknowledged > 0, 60_000)
          } finally {
            restore()
          }
          const rows = await allRowsOf(fleet)
          assert.equal(count('reading'), rows)
          assert.equal(count('gap'), 0)
          assert.equal(count(`alert WHERE rule IN ('offline', 'silent')`), 0)
        })
      }),
    ))

  it('may stop the monitor while packets wait: after the next start nothing is missing or there twice', (t) =>
    inFolder('storm-stop', (folder) =>
      withBroker(async (MQTT_URL) => {
        const { fleet, guest } = await startSenders(t, MQTT_URL)
        // No record brings these again, and a number without a time that arrives twice is stored twice.
        let published = 0
        const publish = () => guest.publishAsync('home/porch/illuminance', String(published++), { qos: 1 })
        let publishing: NodeJS.Timeout | undefined
        t.after(() => clearInterval(publishing))

        await withMonitor(folder, { MQTT_URL }, async (monitor) => {
          await introduce(fleet, folder)
          publishing = setInterval(publish, 5)
          const restore = slowDown(monitor.pid, 20, 180)
          try {
            await eventually(() => monitor.log().includes('packets arrive faster'), 60_000)
            // A write to the closed database would end it with another code.
            assert.equal(await monitor.stop(), 0)
          } finally {
            restore()
          }
          assert.doesNotMatch(monitor.log(), /packets are processed as they arrive again|ERROR|Error/)
        })

        await withMonitor(folder, { MQTT_URL }, async (monitor) => {
          clearInterval(publishing)
          const last = published
          await publish()
          const rows = await allRowsOf(fleet)
          const numbers = `FROM readings WHERE room = 'porch'`
          await eventually(() => stored(folder, `SELECT value ${numbers} AND value = ${last}`).length > 0, 60_000)
          assert.deepEqual(stored(folder, `SELECT value ${numbers} ORDER BY value`), [...Array(published).keys()])
          assert.deepEqual(stored(folder, `SELECT count(*) FROM readings WHERE quantity = 'temperature'`), [rows])
          assert.deepEqual(stored(folder, 'SELECT count(*) FROM gap'), [0])
          assert.doesNotMatch(monitor.log(), /ERROR|Error/)
        })
      }),
    ))
})

async function startSenders(t: TestContext, url: string) {
  const fleet = await startFleet(url, interval)
  const guest = await mqtt.connectAsync(url)
  t.after(() => {
    fleet.stop()
    guest.end(true)
  })
  return { fleet, guest }
}

async function introduce(fleet: Fleet, folder: string): Promise<void> {
  await fleet.join(devices)
  await eventually(() => stored(folder, 'SELECT count(*) FROM device WHERE info IS NOT NULL')[0] === devices, 60_000)
}

/** Lets the fleet measure no more. @returns how many rows it has measured, once all are acknowledged */
async function allRowsOf(fleet: Fleet): Promise<number> {
  await fleet.join(0)
  await eventually(async () => (await fleet.report()).waiting === 0, 120_000)
  return (await fleet.report()).all
}
