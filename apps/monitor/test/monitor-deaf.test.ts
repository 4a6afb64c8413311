import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Health } from '@hearthwatch/api/rooms'
import { silent } from '@hearthwatch/log'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'
import mqtt from 'mqtt'
import { judgeBroker, judgeDeaf } from '../rules/broker-machine.ts'

/** ms */
const patience = 300
const all = 'user monitor\ntopic readwrite home/#\ntopic readwrite device/#\ntopic readwrite monitor/status\n'
const others = 'user other\ntopic readwrite #\n'

describe('A broker that accepts the monitor and delivers nothing', need('mosquitto'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'deaf-'))
  const acl = join(folder, 'acl')
  let mosquitto: Mosquitto
  let inbox: Inbox
  let monitor: TestMonitor
  before(async () => {
    writeFileSync(acl, others)
    mosquitto = await startMosquitto({ config: ['allow_anonymous true', `acl_file ${acl}`] })
    inbox = await startInbox()
  })
  after(async () => {
    await mosquitto.stop()
    await inbox.close()
    rmSync(folder, { recursive: true })
  })

  const start = (greetingTimeout = patience) =>
    startTestMonitor(
      {
        MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
        MQTT_USERNAME: 'monitor',
        MQTT_CLIENT_ID: `monitor-${Math.random().toString(36).slice(2)}`,
        SMTP_URL: inbox.url,
        MAIL_TO: 'me@home.example',
      },
      silent,
      Date.now,
      { greetingTimeout },
    )
  const health = () => monitor.get<Health>('/api/health')
  /** Writes the access list. Mosquitto reads it a moment after the signal. */
  const grant = (lines: string) => {
    writeFileSync(acl, lines + others)
    mosquitto.reload()
  }

  it('is reported within seconds if it refuses the greeting by MQTT 5, long before the minute of the greeting is over', async () => {
    monitor = await start(60_000)
    try {
      const { undelivered = [] } = await eventually(async () => {
        const answer = await health()
        return answer.undelivered && answer
      }, 20_000)
      assert.deepEqual([...undelivered].sort(), ['device/#', 'home/#', 'monitor/status'])
    } finally {
      await monitor.close()
    }
  })

  it('is reported with the missing grants: by health, a mail and an alert, until the grants are there', async () => {
    monitor = await start()
    try {
      const deaf = await eventually(async () => {
        const answer = await health()
        return answer.undelivered && answer
      })
      assert.deepEqual([...(deaf.undelivered ?? [])].sort(), ['device/#', 'home/#', 'monitor/status'])
      assert.equal(deaf.status, 'error')
      assert.equal((await fetch(new URL('/api/health', monitor.url))).status, 503)
      const mail = await inbox.next(({ subject }) => subject.includes('delivers nothing'))
      for (const topic of ['home/#', 'device/#', 'monitor/status']) assert.ok(mail.text.includes(topic), mail.text)
      const [alert] = await monitor.get<Alert[]>('/api/alerts?state=firing')
      assert.deepEqual([alert?.rule, alert?.severity], ['deaf', 'critical'])

      grant(all)
      await eventually(async () => (await health()).status === 'ok')
      const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, { username: 'other', reconnectPeriod: 0 })
      await other.publishAsync('home/kitchen/temperature', '21.5')
      await eventually(async () => (await monitor.get<{ room: string }[]>('/api/rooms')).some(({ room }) => room === 'kitchen'))
      await other.endAsync()
      const rooms = await monitor.get<{ room: string }[]>('/api/rooms')
      assert.deepEqual(
        rooms.map(({ room }) => room),
        ['kitchen'],
        'the probes make no room',
      )
    } finally {
      await monitor.close()
    }
  })

  it('for one topic alone is reported with that topic, and readings are taken all the same', async () => {
    grant('user monitor\ntopic readwrite home/#\ntopic readwrite device/#\n')
    monitor = await start()
    try {
      const partly = await eventually(async () => {
        const { undelivered } = await health()
        return undelivered?.length === 1 && undelivered
      })
      assert.deepEqual(partly, ['monitor/status'])
      const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${mosquitto.port}`, { username: 'other', reconnectPeriod: 0 })
      await other.publishAsync('home/bath/temperature', '21.5')
      await eventually(() => monitor.rows("SELECT 1 FROM readings WHERE room = 'bath'").length === 1)
      await other.endAsync()
    } finally {
      await monitor.close()
    }
  })
})

describe('The alerts about the broker', () => {
  const up = { listeningSince: 0, downSince: null }
  it('`deaf` fires at once, and resolves after 10 s in which all is delivered', () => {
    assert.equal(judgeDeaf(false, { ...up, undelivered: ['home/#'] }, 1), 'fire')
    assert.equal(judgeDeaf(true, { ...up, undelivered: ['home/#'] }, 60_000), null)
    assert.equal(judgeDeaf(true, up, 9999), null)
    assert.equal(judgeDeaf(true, up, 10_000), 'resolve')
    assert.equal(judgeDeaf(true, { listeningSince: null, downSince: 0 }, 60_000), null)
  })
  it('`broker` resolves when the broker accepts the monitor, even if it delivers nothing', () => {
    assert.equal(judgeBroker(true, { listeningSince: null, downSince: null, undelivered: ['home/#'] }, 1), 'resolve')
  })
})
