import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Device } from '@hearthwatch/api/devices'
import { minute } from '@hearthwatch/protocol/durations'
import { type BatchSensors, interval, startBatchSensors } from '@hearthwatch/testhouse/batch-sensor'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Inbox, startInbox } from '@hearthwatch/testhouse/inbox'

describe('The record', () => {
  let record: BatchSensors
  let inbox: Inbox
  before(async () => {
    inbox = await startInbox()
    record = await startBatchSensors({ SMTP_URL: inbox.url, MAIL_TO: 'me@home.example' })
  })
  after(async () => {
    await record?.house.close()
    await inbox.close()
  })
  const values = (room: string) => record.values(room)
  const alerts = (room: string) => record.alerts(room)
  const device = (room: string) => record.device(room)

  it('of long ago is kept as late, wakes nobody, and a crossing in it is told once in a digest', async () => {
    const pi = await device('loft')
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
    assert.deepEqual(record.house.rows("SELECT DISTINCT late FROM reading JOIN series ON id = series WHERE room = 'loft'"), [{ late: 1 }])
  })

  it('that a link has held back is no younger than what was said live meanwhile: one crossing is one alert', async () => {
    const pi = await device('oven')
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

  it('is judged as late where there is more behind it, however young it is: what is now comes with the last batch', async () => {
    const pi = await device('greenhouse')
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3 * minute }))
    const states = () => alerts('greenhouse').map(({ state }) => state)
    assert.deepEqual(states(), ['resolved'])
    await pi.live(20)
    await pi.send(pi.batch(4, [20, 36, 20, 20], { age: 0 }))
    assert.deepEqual(states(), ['resolved', 'resolved'])
  })

  it('is judged as late where the device’s clock was ahead and has been put back, and what comes then as now', async () => {
    const pi = await device('cellar')
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

  it('makes one crossing of rows that come in several batches, each by a slower way', async () => {
    const pi = await device('veranda')
    const delayed = (ms: number) => ({ age: 60 * minute, now: Date.now() - ms })
    await pi.send(pi.batch(1, [20, 35], delayed(0)))
    await pi.send(pi.batch(3, [36, 20], { ...delayed(3000), age: 60 * minute - 2 * interval }))
    assert.deepEqual(
      alerts('veranda').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'resolved']],
    )
  })

  it('does not tell of a crossing again that a live reading has told of somewhat late', async () => {
    const pi = await device('winter-garden')
    await eventually(async () => (await record.house.get<Device[]>('/api/devices')).some(({ id }) => id === pi.id))
    await pi.live(35)
    await eventually(() => alerts('winter-garden').length === 1)
    await pi.send(pi.batch(1, [20, 35, 35], { age: 3000 }))
    assert.deepEqual(
      alerts('winter-garden').map(({ rule, state }) => [rule, state]),
      [['too-hot', 'firing']],
    )
  })
})
