import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { find, need } from '@hearthwatch/testhouse/need'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'

describe('The monitor with a tutorial sensor (Python, paho)', need('paho'), () => {
  let monitor: TestMonitor
  let inbox: Inbox
  let sensor: ChildProcess
  before(async () => {
    inbox = await startInbox()
    monitor = await startTestMonitor({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example', GROUP_WAIT: '1' })
    const script = join(import.meta.dirname, 'interop-monitor.py')
    sensor = spawn(find('paho') ?? 'python3', [script, String(monitor.brokerPort), 'greenhouse'], {
      stdio: ['pipe', 'ignore', 'inherit'],
    })
  })
  after(async () => {
    sensor?.kill('SIGKILL')
    await monitor?.close()
    await inbox?.close()
  })
  const measure = (...values: number[]) => sensor.stdin?.write(values.map((value) => `${value}\n`).join(''))
  const room = async () => (await monitor.get<Room[]>('/api/rooms'))[0]
  const alerts = (rule: string) => monitor.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.rule === rule)

  it('shows a room that is online, and its readings', async () => {
    measure(21.5, 22)
    await eventually(async () => {
      const view = await room()
      return view?.status === 'online' && view.quantities.temperature?.value === 22
    })
    // A reading is shown at once, and stored a moment later.
    const rows = await eventually(() => {
      const rows = monitor.rows('SELECT room, value FROM readings ORDER BY time')
      return rows.length === 2 ? rows : undefined
    })
    assert.deepEqual(rows, [
      { room: 'greenhouse', value: 21.5 },
      { room: 'greenhouse', value: 22 },
    ])
  })

  it('sends one mail when the room is too hot although the sensor publishes an alert text per reading, and one mail when it recovers', async () => {
    measure(30.5, 31, 31.5, 32, 33, 32, 31)
    const hot = await inbox.next()
    assert.match(hot.subject, /greenhouse 30\.5 °C/)
    measure(30.4, 25)
    await inbox.next()
    assert.deepEqual(
      monitor.rows<Alert>('SELECT * FROM alert_log').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
    assert.equal(inbox.mails.length, 2)
  })

  it('raises an offline alert by the last will when the process of the sensor is killed', async () => {
    sensor.kill('SIGKILL')
    await eventually(async () => (await room())?.status === 'offline')
    const mail = await inbox.next()
    assert.match(mail.subject, /greenhouse/)
    assert.deepEqual(
      alerts('offline').map(({ state }) => state),
      ['firing'],
    )
  })
})
