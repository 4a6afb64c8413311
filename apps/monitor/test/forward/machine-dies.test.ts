import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Device } from '@hearthwatch/api/devices'
import type { Findings } from '@hearthwatch/api/doctor'
import { silent } from '@hearthwatch/log'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { type Postgres, startPostgres } from '@hearthwatch/testhouse/servers/postgres'
import { type Sensor, startSensor } from '../../../sensor/agent.ts'
import { readConfig } from '../../../sensor/config.ts'

const quick = { pause: 20, heartbeat: 200, patience: 1000, retry: 50, longestRetry: 200 }

describe('A monitor that starts without a database, after the machine of the site has died', {
  ...need('postgres'),
  ...need('mosquitto'),
}, () => {
  let postgres: Postgres
  let mosquitto: Mosquitto
  let inbox: Inbox
  let sensor: Sensor
  const sensors: Sensor[] = []
  let first: TestMonitor
  let second: TestMonitor
  let isFirstGone = false
  /** The alert of a sensor that was missing before. */
  let missing: Alert | undefined
  const folder = mkdtempSync(join(tmpdir(), 'machine-dies-'))
  const start = () =>
    startTestMonitor(
      {
        ...{ MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`, FORWARD_URL: postgres.url, SITE: 'cabin' },
        ...{ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', ALERT_ABOVE: '5', OFFLINE_AFTER: '5', PUBLIC_URL: 'http://hub.home.example' },
      },
      silent,
      Date.now,
      { forwardTiming: quick },
    )
  const forwarded = async () =>
    Number((await postgres.query<{ n: string }>("SELECT count(*) AS n FROM hearthwatch.readings WHERE device = 'pi-1'"))[0]?.n)
  const firing = async (monitor: TestMonitor) =>
    (await monitor.get<Alert[]>('/api/alerts?state=firing')).filter(({ rule }) => rule === 'too-hot')
  const offline = async (monitor: TestMonitor) =>
    (await monitor.get<Alert[]>('/api/alerts?state=firing')).filter(({ rule }) => rule === 'offline')
  const idsOf = (alerts: readonly Alert[]) => alerts.map(({ device }) => device).sort()
  const hot = () => inbox.mails.filter(({ subject }) => /hot|warm/.test(subject)).length

  before(async () => {
    postgres = await startPostgres()
    mosquitto = await startMosquitto()
    inbox = await startInbox()
    first = await start()
    sensor = await begin('pi-1', 'kitchen', '20')
  })
  const begin = (id: string, room: string, mean = '0') => {
    const quickly = { PROBE: 'simulated', READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.3', HEARTBEAT_INTERVAL: '1', SIMULATE_MEAN: mean }
    const own = {
      SENSOR_ID: id,
      ROOM: room,
      OUTBOX_DIR: join(folder, id),
      MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
      SYSFS_ROOT: folder,
    }
    const begun = startSensor(readConfig({ ...quickly, ...own }, []), silent)
    begun.then((one) => sensors.push(one))
    return begun
  }
  after(async () => {
    for (const one of sensors) await one.close()
    if (!isFirstGone) await first.close()
    await second?.close()
    await inbox.close()
    await mosquitto.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  })

  it('goes on with its rules, silences and open alerts, and nobody is told twice', async () => {
    await eventually(async () => (await firing(first)).length === 1 && hot() === 1)
    await first.send('PUT', '/api/labels/kitchen', { name: 'Galley' })
    await first.send('POST', '/api/silences', { room: 'attic', rule: null, until: Date.now() + 3_600_000, comment: 'painted' })
    const rule = { title: 'Damp', rooms: 'cellar', quantity: 'humidity', condition: 'above', limit: 70, severity: 'warning' }
    await first.send('PUT', '/api/rules/cellar-damp', rule)
    await eventually(async () => (await forwarded()) > 30)
    const [alert] = await firing(first)
    const others = [await begin('pi-2', 'loft'), await begin('pi-3', 'shed'), await begin('pi-4', 'garage')]
    await eventually(async () => (await first.get<Device[]>('/api/devices')).filter(({ heartbeat }) => heartbeat !== null).length === 4)
    for (const one of others.slice(0, 2)) await one.close()
    await eventually(async () => idsOf(await offline(first)).join() === 'pi-2,pi-3', 20_000)
    missing = (await offline(first)).find(({ device }) => device === 'pi-2')
    await first.send('DELETE', '/api/devices/pi-3')
    const fed = async () =>
      (await postgres.query<{ key: string }>('SELECT key FROM hearthwatch.device ORDER BY key')).map(({ key }) => key).join()
    await eventually(async () => (await fed()) === 'pi-1,pi-2,pi-4')
    // The last rows that the first machine has stored and acknowledged never leave it.
    await postgres.kill()
    const before = first.rows<{ n: number }>('SELECT count(*) AS n FROM readings')[0]?.n ?? 0
    await eventually(() => (first.rows<{ n: number }>('SELECT count(*) AS n FROM readings')[0]?.n ?? 0) > before + 10)
    const forwarding = async () => (await first.get<Findings>('/api/doctor')).findings.find(({ id }) => id === 'forwarding')
    const finding = await eventually(async () => {
      const found = await forwarding()
      return found?.level === 'error' ? found : undefined
    })
    assert.match(finding.why, /commits wait here\. Nothing is lost/)
    await first.close()
    isFirstGone = true
    // This one dies together with the machine.
    await others[2]?.close()
    await postgres.start()

    second = await start()
    const [same] = await firing(second)
    assert.deepEqual([same?.id, same?.started, same?.fired], [alert?.id, alert?.started, alert?.fired])
    assert.deepEqual(
      (await second.get<{ comment: string }[]>('/api/silences')).map(({ comment }) => comment),
      ['painted'],
    )
    assert.equal((await second.get<{ name: string | null }[]>('/api/labels'))[0]?.name, 'Galley')
    assert.ok((await second.get<{ name: string }[]>('/api/rules')).some(({ name }) => name === 'cellar-damp'))
  })

  it('gets from the sensors what was not forwarded: nothing is missing, and nothing twice', async () => {
    const rows = () => second.rows<{ n: number }>('SELECT count(*) AS n FROM readings')[0]?.n ?? 0
    await eventually(() => rows() > 20)
    const [device] = await second.get<{ missing: number; problems: unknown[]; epoch: string }[]>('/api/devices')
    assert.deepEqual([device?.missing, device?.problems], [0, []])
    await sensor.close()
    const last = second.rows<{ kept: number }>("SELECT kept FROM epoch WHERE device = 'pi-1'")[0]?.kept ?? 0
    await eventually(async () => (await forwarded()) >= last)
    assert.equal(await forwarded(), last, 'each row of the outbox is one reading')
    const [gaps] = await postgres.query<{ n: string }>('SELECT count(*) AS n FROM hearthwatch.gaps')
    assert.equal(gaps?.n, '0')
    assert.equal(hot(), 1)
    assert.equal((await firing(second)).length, 1)
  })

  it('keeps watch on a sensor that was missing before, and on one that died with the machine, and not on a removed one', async () => {
    await eventually(async () => idsOf(await offline(second)).includes('pi-4'), 20_000)
    const alerts = await offline(second)
    const same = alerts.find(({ device }) => device === 'pi-2')
    assert.deepEqual(
      idsOf(alerts).filter((id) => id !== 'pi-1'),
      ['pi-2', 'pi-4'],
    )
    assert.deepEqual([same?.id, same?.fired], [missing?.id, missing?.fired])
    assert.deepEqual(
      (await second.get<Alert[]>('/api/alerts?state=resolved')).filter(({ rule }) => rule === 'offline'),
      [],
    )
    const devices = (await second.get<Device[]>('/api/devices')).map(({ id, status, room }) => [id, status, room])
    assert.deepEqual(devices.slice(1), [
      ['pi-2', 'offline', 'loft'],
      ['pi-4', 'offline', 'garage'],
    ])
  })
})
