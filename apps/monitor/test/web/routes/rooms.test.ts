import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Alert } from '@hearthwatch/api/alerts'
import { Device } from '@hearthwatch/api/devices'
import { Notification } from '@hearthwatch/api/notifications'
import { Battery, Room } from '@hearthwatch/api/rooms'
import { day } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import Type, { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Exactly the fields of the contract: none missing, none added. */
function assertShape(schema: TSchema, value: unknown): void {
  assert.deepEqual([...Value.Errors(schema, value)], [])
  assert.deepEqual(Value.Clean(schema, structuredClone(value)), value)
}

describe('The API of rooms, devices, alerts and notifications', () => {
  let page: Page
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('health is 200 if all is well and 503 with the error otherwise', async () => {
    const well = await page.ask('/api/health')
    assert.equal(well.status, 200)
    assert.deepEqual(well.json, { status: 'ok', mqtt: 'connected', database: 'ok', version: '1.2.3' })
    Object.assign(page.health, { mqtt: 'refused: wrong password', database: 'disk full' })
    const ill = await page.ask('/api/health')
    assert.equal(ill.status, 503)
    assert.deepEqual(ill.json, { status: 'error', mqtt: 'refused: wrong password', database: 'disk full', version: '1.2.3' })
    Object.assign(page.health, { mqtt: 'connected', database: 'ok' })
  })

  it('lists are empty in a new database', async () => {
    for (const path of ['/api/rooms', '/api/devices', '/api/alerts', '/api/notifications']) {
      assert.deepEqual((await page.ask(path)).json, [], path)
    }
  })

  it('rooms are listed with their values, devices and open alerts', async () => {
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online' })
    page.liveState.show('kitchen', 'temperature', { value: 31.5, time: page.clock.now - 1000, device: 'pi-1' })
    page.liveState.show('kitchen', 'humidity', { value: 40, time: page.clock.now - 91_000, device: 'pi-1' })
    const alert = page.addAlert({})
    const { json, status } = await page.ask('/api/rooms')
    assert.equal(status, 200)
    assertShape(Type.Array(Room), json)
    assert.equal(json.length, 1)
    const { alerts, ...room } = json[0]
    assert.deepEqual(
      alerts.map(({ id }: { id: number }) => id),
      [alert.id],
    )
    assert.deepEqual(room, {
      room: 'kitchen',
      name: null,
      group: null,
      icon: null,
      status: 'online',
      quantities: {
        temperature: { value: 31.5, unit: '°C', time: page.clock.now - 1000, stale: false },
        humidity: { value: 40, unit: '%', time: page.clock.now - 91_000, stale: true },
      },
      devices: ['pi-1'],
    })
  })

  it('batteries are listed with the emptiest first, one at 15 % is low, and a falling one has the days that are left', async () => {
    const page = await startPage()
    try {
      for (const [room, quantity, value] of [
        ['attic', 'battery', 70],
        ['attic', 'battery_2', 15],
        ['cellar', 'battery', 15.5],
        ['cellar', 'battery_voltage', 3],
      ] as const)
        page.liveState.show(room, quantity, { value, time: page.clock.now, device: null })
      // Half a percent a day.
      const falling = Array.from({ length: 31 }, (_, i) => [page.clock.now - (30 - i) * day, 30.5 - i / 2] as const)
      page.addReadings('cellar', falling, 'pi-1', 'battery')
      const { json } = await page.ask('/api/batteries')
      assertShape(Type.Array(Battery), json)
      assert.deepEqual(
        json.map(({ room, quantity, value, low, left }: Static<typeof Battery>) => [room, quantity, value, low, left]),
        [
          ['attic', 'battery_2', 15, true, null],
          ['cellar', 'battery', 15.5, false, 31],
          ['attic', 'battery', 70, false, null],
        ],
      )
    } finally {
      await page.close()
    }
  })

  it('room names of every script and with markup are returned unchanged', async () => {
    const names = ['客廳', 'غرفة', `<img src=x onerror=alert(1)>`, `it's "so" & so`, '=1+1', '../../etc']
    for (const room of names) page.liveState.show(room, 'constructor', { value: 1, time: page.clock.now, device: null })
    const rooms = (await page.ask('/api/rooms')).json
    assertShape(Type.Array(Room), rooms)
    for (const name of names) {
      const room = rooms.find((one: { room: string }) => one.room === name)
      assert.equal(room?.quantities.constructor.value, 1, name)
    }
  })

  it('devices are listed with null for unknown values', async () => {
    page.addDevice({
      id: 'pi-2',
      room: 'attic',
      status: 'offline',
      seen: page.clock.now,
      info: {
        id: 'pi-2',
        room: 'attic',
        version: '1.0.0',
        epoch: '0123456789abcdef',
        interval: 10,
        readings: [{ key: 'temperature', topic: 'home/attic/temperature', unit: '°C', probe: '28-0316a1b2c3d4' }],
      },
      heartbeat: { cpu: 12.5, outbox: 3 },
    })
    page.addDevice({ id: null, room: 'shed' })
    const { json } = await page.ask('/api/devices')
    assertShape(Type.Array(Device), json)
    const [shed, , attic] = json
    assert.deepEqual([shed.id, shed.room, shed.status, shed.lastSeen, shed.heartbeat], [null, 'shed', 'unknown', null, null])
    assert.deepEqual(attic, {
      id: 'pi-2',
      room: 'attic',
      confirmed: true,
      status: 'offline',
      lastSeen: page.clock.now,
      epoch: '0123456789abcdef',
      seq: null,
      missing: 0,
      outbox: 3,
      skew: null,
      faulty: false,
      heartbeat: { cpu: 12.5, outbox: 3 },
      version: '1.0.0',
      interval: 10,
      probes: [{ key: 'temperature', topic: 'home/attic/temperature', unit: '°C', probe: '28-0316a1b2c3d4' }],
      problems: [],
      foreign: null,
    })
    assert.deepEqual([shed.interval, shed.probes], [null, []])
  })

  it('alerts are listed newest first, filtered by state and room, with a sentence and without internal fields', async () => {
    const later = page.addAlert({
      room: '客廳',
      rule: 'offline',
      severity: 'warning',
      started: page.clock.now + 1,
      state: 'pending',
      fired: null,
    })
    const all = (await page.ask('/api/alerts')).json
    assertShape(Type.Array(Alert), all)
    assert.equal(all[0].id, later.id)
    assert.equal(all.length, 2)
    assert.match(all[1].message, /kitchen.*31\.5/)
    const pending = (await page.ask(`/api/alerts?state=pending&room=${encodeURIComponent('客廳')}`)).json
    assert.deepEqual(
      pending.map(({ id }: { id: number }) => id),
      [later.id],
    )
    assert.deepEqual((await page.ask('/api/alerts?state=resolved')).json, [])
    const wrong = await page.ask('/api/alerts?state=loud')
    assert.equal(wrong.status, 400)
    assert.match(wrong.json.error, /^state must be one of pending/)
  })

  it('alerts are listed in pages, filtered by rule, behind a known alert', async () => {
    for (const i of [1, 2, 3, 4, 5])
      page.addAlert({
        rule: 'damp',
        room: 'cellar',
        state: 'resolved',
        started: page.clock.now + Math.floor(i / 2),
        resolved: page.clock.now + 9,
      })
    const seen: number[] = []
    for (let next = ''; ; next = `&before=${seen.at(-1)}`) {
      const { json } = await page.ask(`/api/alerts?state=resolved&rule=damp&limit=2${next}`)
      assert.ok(json.length <= 2)
      seen.push(...json.map(({ id }: { id: number }) => id))
      if (json.length < 2) break
    }
    const all = (await page.ask('/api/alerts?room=cellar')).json.map(({ id }: { id: number }) => id)
    assert.equal(all.length, 5)
    assert.deepEqual(seen, all)
    assert.deepEqual((await page.ask('/api/alerts?before=999999')).json, [])
    for (const wrong of ['limit=0', 'limit=1001', 'before=x']) assert.equal((await page.ask(`/api/alerts?${wrong}`)).status, 400, wrong)
  })

  it('an alert is acknowledged; an unknown one is 404', async () => {
    const alert = page.addAlert({})
    const answer = await page.ask(`/api/alerts/${alert.id}/acknowledge`, { method: 'POST' })
    assert.equal(answer.status, 200)
    assertShape(Alert, answer.json)
    assert.equal(answer.json.acknowledged, page.clock.now)
    assert.equal((await page.ask('/api/alerts/999999/acknowledge', { method: 'POST' })).status, 404)
    for (const id of ['0', '-1', '1.5', 'x', '9007199254740993']) {
      const wrong = await page.ask(`/api/alerts/${id}/acknowledge`, { method: 'POST' })
      assert.equal(wrong.status, 400, id)
      assert.match(wrong.json.error, /^id /, id)
    }
  })

  it('several alerts are acknowledged at once, and unknown ones are left out', async () => {
    const ids = [page.addAlert({ room: 'attic' }).id, page.addAlert({ room: 'cellar' }).id]
    const { status, json } = await page.ask('/api/alerts/acknowledge', { method: 'POST', body: { ids: [...ids, 4711] } })
    assert.equal(status, 200)
    assertShape(Type.Array(Alert), json)
    assert.deepEqual(
      json.map(({ id, acknowledged }: Alert) => [id, acknowledged]),
      ids.map((id) => [id, page.clock.now]),
    )
    for (const body of [{}, { ids: [] }, { ids: ['1'] }, { ids: [1], all: true }])
      assert.equal((await page.ask('/api/alerts/acknowledge', { method: 'POST', body })).status, 400)
  })

  it('a message is listed once with all its alerts, the newest first', async () => {
    const alert = page.addAlert({})
    const { notifications, messages } = page.store
    for (const [event, transition, recipient] of [
      ['one', 'firing', 'a@example.com'],
      ['two', 'repeat', 'a@example.com'],
      ['three', 'firing', 'b@example.com'],
      ['four', 'resolved', 'a@example.com'],
    ] as const)
      notifications.add({
        event,
        channel: 'mail',
        recipient,
        severity: transition === 'resolved' ? 'warning' : 'critical',
        content: { kind: 'alert', transition, alert, at: page.clock.now },
        created: page.clock.now,
      })
    notifications.claim([1, 2], 'a-message', '2 alerts', page.clock.now)
    const { json } = await page.ask('/api/notifications')
    assertShape(Type.Array(Notification), json)
    const shown = json.map((one: Notification) => [one.id, one.state, one.severity, one.subject, one.about.map((item) => item.transition)])
    assert.deepEqual(shown, [
      [4, 'pending', 'warning', null, ['resolved']],
      [3, 'pending', 'critical', null, ['firing']],
      [1, 'pending', 'critical', '2 alerts', ['firing', 'repeat']],
    ])
    assert.deepEqual(json[2].about[0], {
      kind: 'alert',
      transition: 'firing',
      room: 'kitchen',
      rule: 'too-hot',
      title: 'Too hot',
      alert: alert.id,
    })
    assert.doesNotMatch(JSON.stringify(json), /example\.com/)
    assert.deepEqual([messages.of(2)?.id, messages.of(2)?.about.length], [json[2].id, 2])
    assert.equal(messages.of(3)?.id, json[1].id)
    assert.deepEqual(messages.firstRows([1, 2, 3, 4]).sort(), [1, 3, 4], 'an event a message')
    notifications.markSent([1, 2], page.clock.now)
    assert.equal(messages.of(1)?.state, 'sent')
  })
})
