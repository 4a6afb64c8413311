import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import { minute } from '@hearthwatch/protocol/durations'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type BatchSensors, interval, startBatchSensors } from '@hearthwatch/testhouse/sensors/batch-sensor'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/servers/inbox'

describe('A late batch', () => {
  let sensors: BatchSensors
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    sensors = await startBatchSensors({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' })
  })
  after(async () => {
    await sensors?.monitor.close()
    await inbox.close()
  })
  const values = (room: string) => sensors.values(room)
  const alerts = (room: string) => sensors.alerts(room)
  const sensor = (room: string) => sensors.sensor(room)

  it('is stored as late, and a limit that it crosses causes one digest and no alert mail', async () => {
    const pi = await sensor('loft')
    await pi.send(pi.batch(1, [20, 35, 36, 35, 20, 20], { age: 60 * minute }))
    await pi.send(pi.batch(7, [20, 20], { age: 30 * minute }))
    assert.deepEqual(values('loft'), [20, 35, 36, 35, 20, 20, 20, 20])
    assert.deepEqual(
      alerts('loft').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
    const mail = await inbox.next(({ subject }) => subject.includes('loft'))
    assert.match(mail.subject, /loft 36\.0 °C: was too hot/)
    assert.equal(inbox.mails.filter(({ text }) => text.includes('loft')).length, 1)
    assert.deepEqual(sensors.monitor.rows("SELECT DISTINCT late FROM reading JOIN series ON id = series WHERE room = 'loft'"), [
      { late: 1 },
    ])
  })

  it('that the network delayed does not raise the alert of an earlier live reading again', async () => {
    const pi = await sensor('oven')
    await pi.send(pi.batch(1, [20]))
    await pi.live(35)
    await eventually(() => alerts('oven').some(({ state }) => state === 'firing'))
    const sent = Date.now() - 11_000
    const rows = [20, 35].map((temperature, i) => ({ seq: 2 + i, time: sent - 2 + i, values: { temperature } }))
    await pi.send(pi.batch(2, [20, 35], { now: sent, rows }))
    assert.equal(values('oven').length, 3)
    assert.deepEqual(
      alerts('oven').map(({ state }) => state),
      ['firing'],
    )
  })

  it('that is not the newest of its sensor raises no current alert, even if it is recent', async () => {
    const pi = await sensor('greenhouse')
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3 * minute }))
    const states = () => alerts('greenhouse').map(({ state }) => state)
    assert.deepEqual(states(), ['resolved'])
    await pi.live(20)
    await pi.send(pi.batch(4, [20, 36, 20, 20], { age: 0 }))
    assert.deepEqual(states(), ['resolved', 'resolved'])
  })

  it('of a sensor whose clock was ahead raises no current alert; the next batch with a correct clock does', async () => {
    const pi = await sensor('cellar')
    await pi.send(pi.batch(1, [20, 35], { age: -240 * minute }))
    assert.deepEqual(
      alerts('cellar').map(({ state }) => state),
      ['resolved'],
    )
    await pi.send(pi.batch(3, [35]))
    assert.deepEqual(
      alerts('cellar').map(({ state }) => state),
      ['resolved', 'firing'],
    )
  })

  it('continues the crossing of the batch before it, although its network delay is longer', async () => {
    const pi = await sensor('veranda')
    const delayed = (ms: number) => ({ age: 60 * minute, now: Date.now() - ms })
    await pi.send(pi.batch(1, [20, 35], delayed(0)))
    await pi.send(pi.batch(3, [36, 20], { ...delayed(3000), age: 60 * minute - 2 * interval }))
    assert.deepEqual(
      alerts('veranda').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
  })

  it('raises no second alert for a crossing that a live reading has raised slightly later', async () => {
    const pi = await sensor('winter-garden')
    await eventually(async () => (await sensors.monitor.get<Device[]>('/api/devices')).some(({ id }) => id === pi.id))
    await pi.live(35)
    await eventually(() => alerts('winter-garden').length === 1)
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3000 }))
    assert.deepEqual(
      alerts('winter-garden').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'firing']],
    )
  })
})
