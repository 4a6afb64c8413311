import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

const calls: [method: string, path: string, body?: object][] = [
  ['GET', '/api/devices/pi-1/config'],
  ['PUT', '/api/devices/pi-1/config', { READ_INTERVAL: 5 }],
  ['GET', '/api/devices/pi-1/commands'],
  ['POST', '/api/devices/pi-1/commands', { action: 'identify' }],
  ['DELETE', '/api/devices/pi-1'],
]

describe('Settings and commands of a device over HTTP', () => {
  let page: Page
  before(async () => {
    page = await startPage()
    page.addDevice({
      id: 'pi-1',
      room: 'kitchen',
      status: 'online',
      info: { id: 'pi-1', room: 'kitchen', readings: [], config: { READ_INTERVAL: 10, ALERT_BELOW: null } },
    })
    page.addDevice({ id: 'pi-2', room: 'attic', status: 'offline' })
    page.addDevice({ id: '客廳的'.repeat(21), room: 'attic' })
    page.addDevice({ id: null, room: 'shed' })
  })
  after(() => page.close())
  const put = (body: unknown, id = 'pi-1') => page.ask(`/api/devices/${id}/config`, { method: 'PUT', body })
  const post = (body: unknown, id = 'pi-1') => page.ask(`/api/devices/${id}/commands`, { method: 'POST', body })

  it('the presence of the last 90 days is the part of each with readings, whatever the interval of the sensor', async (t) => {
    const own = await startPage()
    t.after(() => own.close())
    own.addDevice({ id: 'pi-1', room: 'kitchen' })
    const today = Date.UTC(2026, 10, 23) - 8 * hour
    const from = (start: number, end: number, each: number) =>
      Array.from({ length: (end - start) / each }, (_, i) => [start + i * each, 20] as const)
    own.addReadings('kitchen', [
      // Each quarter of an hour for a day, for half of the next day each three hours, and today again.
      ...from(today - 3 * day, today - 2 * day, 15 * minute),
      ...from(today - 2 * day, today - 1.5 * day, 3 * hour),
      ...from(today, own.clock.now, hour),
    ])
    const { json } = await own.ask('/api/devices/pi-1/presence')
    assert.equal(json.length, 90)
    assert.deepEqual(
      json.slice(-5).map(({ date, share }: { date: string; share: number }) => [date, share]),
      [
        ['2026-11-19', null],
        ['2026-11-20', 1],
        ['2026-11-21', 0.5],
        ['2026-11-22', 0],
        ['2026-11-23', 1],
      ],
    )
    assert.equal((await own.ask('/api/devices/nobody/presence')).status, 404)
  })

  it('a room is given by a person, if it is a name and the device exists', async (t) => {
    const given: unknown[] = []
    const own = await startPage({}, { giveRoom: (device, room) => given.push([device.id, room]), isConfirmed: () => false })
    t.after(() => own.close())
    own.addDevice({ id: 'pi-1', room: 'kitchen' })
    own.addDevice({ id: null, room: 'shed' })
    const give = (id: string, body: unknown) => own.ask(`/api/devices/${encodeURIComponent(id)}/room`, { method: 'PUT', body })
    assert.partialDeepStrictEqual((await give('pi-1', { room: '客廳' })).json, { id: 'pi-1', confirmed: false, problems: [] })
    assert.deepEqual(given, [['pi-1', '客廳']])
    for (const body of [
      {},
      { room: 7 },
      { room: '' },
      { room: 'a/b' },
      { room: '+' },
      { room: ' a' },
      { room: 'a'.repeat(65) },
      { room: 'a', id: 'b' },
    ])
      assert.equal((await give('pi-1', body)).status, 400, JSON.stringify(body))
    for (const id of ['pi-9', '/shed']) assert.equal((await give(id, { room: 'attic' })).status, 404, id)
    assert.equal(given.length, 1)
  })

  it('desired settings are null at first, beside the reported ones', async () => {
    const { status, json } = await page.ask('/api/devices/pi-1/config')
    assert.equal(status, 200)
    assert.deepEqual(json, { wanted: null, reported: { READ_INTERVAL: 10, ALERT_BELOW: null }, response: null })
    assert.deepEqual((await page.ask('/api/devices/pi-2/config')).json, { wanted: null, reported: null, response: null })
    assert.deepEqual((await page.ask('/api/devices/pi-1/commands')).json, [])
  })

  it('desired settings get a new id and replace the previous ones', async () => {
    const settings = { READ_INTERVAL: 5, ALERT_BELOW: null, offsets: { temperature: -0.4 } }
    const { status, json } = await put(settings)
    assert.equal(status, 200)
    const { id, ...wanted } = json.wanted
    assert.match(id, /^[\da-f-]{36}$/)
    assert.deepEqual(wanted, settings)
    const second = (await put({ MAX_RATE: 2 })).json.wanted
    assert.notEqual(second.id, id)
    assert.deepEqual(Object.keys(second), ['id', 'MAX_RATE'])
    assert.deepEqual((await page.ask('/api/devices/pi-1/config')).json.wanted, second)
  })

  it('desired settings can have a given id, which is refused for other settings', async () => {
    assert.equal((await put({ id: 'mine', MAX_RATE: 2 })).json.wanted.id, 'mine')
    assert.equal((await put({ MAX_RATE: 2, id: 'mine' })).status, 200)
    const { status, json } = await put({ id: 'mine', MAX_RATE: 3 })
    assert.deepEqual([status, json.error], [409, 'id: mine was used for other settings.'])
    assert.equal((await page.ask('/api/devices/pi-1/config')).json.wanted.MAX_RATE, 2)
  })

  it('wrong settings are refused with the field, and nothing changes', async () => {
    const before = (await page.ask('/api/devices/pi-1/config')).json
    const wrongs: [unknown, RegExp][] = [
      [{ READ_INTERVAL: 0.01 }, /^READ_INTERVAL must be at least 0\.05$/],
      [{ HEARTBEAT_INTERVAL: 86_401 }, /^HEARTBEAT_INTERVAL must be at most 86400$/],
      [{ ALERT_ABOVE: '30' }, /^ALERT_ABOVE must be number$/],
      [{ ALERT_BELOW: 251 }, /^ALERT_BELOW must be at most 250$/],
      [{ ALERT_ABOVE: 5, ALERT_BELOW: 5 }, /^ALERT_BELOW must be less than ALERT_ABOVE/],
      [{ offsets: { temperature: true } }, /^offsets\.temperature must be number$/],
      [{ offsets: { 'a/b/c': 1 } }, /^offsets\..* is not known here$/],
      [{ MAX_RATE: null }, /^MAX_RATE must be number$/],
      [{ ROOM: 'attic' }, /^ROOM is not known here$/],
      [{ id: 'a b', MAX_RATE: 2 }, /^id /],
      [[], /^the body must be object$/],
      [7, /^the body must be object$/],
      ['', /^the body must be object$/],
    ]
    for (const [body, reason] of wrongs) {
      const { status, json } = await put(body)
      assert.equal(status, 400, JSON.stringify(body))
      assert.match(json.error, reason)
    }
    assert.deepEqual((await page.ask('/api/devices/pi-1/config')).json, before)
  })

  it('wrong settings are refused with every wrong field, its problem and its bound', async () => {
    const fieldsOf = async (body: unknown) => (await put(body)).json.fields
    assert.deepEqual(await fieldsOf({ READ_INTERVAL: 0.01, MAX_RATE: 'fast', ROOM: 'attic', offsets: { temperature: 5000, 'a/b/c': 1 } }), [
      { field: 'ROOM', problem: 'unknown' },
      { field: 'READ_INTERVAL', problem: 'too-small', min: 0.05 },
      { field: 'MAX_RATE', problem: 'not-a-number' },
      { field: 'offsets.a/b/c', problem: 'unknown' },
      { field: 'offsets.temperature', problem: 'too-large', max: 1000 },
    ])
    assert.deepEqual(await fieldsOf({ ALERT_ABOVE: 5, ALERT_BELOW: 5 }), [
      { field: 'ALERT_ABOVE', problem: 'wrong-order' },
      { field: 'ALERT_BELOW', problem: 'wrong-order' },
    ])
    assert.equal(await fieldsOf(7), undefined)
    assert.deepEqual((await post({})).json.fields, [{ field: 'action', problem: 'missing' }])
  })

  it('a command is 202 with its id if the device is online, and 409 otherwise', async () => {
    const { status, json } = await post({ action: 'identify' })
    assert.equal(status, 202)
    const [command] = (await page.ask('/api/devices/pi-1/commands')).json
    assert.deepEqual(command, {
      id: json.id,
      action: 'identify',
      created: page.clock.now,
      sent: null,
      answered: null,
      ok: null,
      error: null,
    })
    const offline = await post({ action: 'identify' }, 'pi-2')
    assert.deepEqual([offline.status, offline.json.error], [409, 'pi-2 is offline.'])
    const unknown = await post({ action: 'identify' }, encodeURIComponent('客廳的'.repeat(21)))
    assert.deepEqual([unknown.status, unknown.json.error], [409, `${'客廳的'.repeat(21)} is not known to be online.`])
    for (const body of [{}, { action: 'explode' }, { action: null }, [], '']) {
      const wrong = await post(body)
      assert.equal(wrong.status, 400, JSON.stringify(body))
      assert.match(wrong.json.error, /^(action|the body) /)
    }
    assert.equal((await page.ask('/api/devices/pi-1/commands')).json.length, 1)
  })

  it('the newest hundred commands are listed', async () => {
    for (let i = 0; i < 101; i += 1) await post({ action: 'measure' })
    const commands = (await page.ask('/api/devices/pi-1/commands')).json
    assert.equal(commands.length, 100)
    assert.deepEqual(new Set(commands.map(({ action }: { action: string }) => action)), new Set(['measure']))
  })

  it('a request for an unknown device, or one without an id, is 404', async () => {
    for (const id of ['pi-9', 'shed', encodeURIComponent('/shed'), '__proto__', 'a'.repeat(300)]) {
      for (const [method, path, body] of calls) {
        const answer = await page.ask(path.replace('pi-1', id), { method, body })
        assert.equal(answer.status, id.length > 256 ? 400 : 404, `${method} ${path} ${id}`)
        assert.deepEqual(Object.keys(answer.json), id.length > 256 ? ['error', 'fields'] : ['error'])
      }
    }
  })

  it('a device cannot be forgotten while it is online or the broker is unreachable', async () => {
    assert.equal((await page.ask('/api/devices/pi-1', { method: 'DELETE' })).status, 409)
    assert.equal((await page.ask('/api/devices/pi-2', { method: 'DELETE' })).status, 503)
  })
})

describe("Access to a device's settings and commands", () => {
  const password = 'correct horse'
  let page: Page
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: password })
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online' })
  })
  after(() => page.close())

  it('a request without a login is 401', async () => {
    for (const [method, path, body] of calls) assert.equal((await page.ask(path, { method, body })).status, 401, `${method} ${path}`)
  })

  it('a request from another site is refused', async () => {
    const cookie = await page.login(password)
    for (const [method, path, body] of calls.filter(([method]) => method !== 'GET')) {
      const answer = await page.ask(path, { method, body, headers: { cookie, origin: 'http://evil.example' } })
      assert.equal(answer.status, 403, `${method} ${path}`)
    }
    assert.equal(page.store.control.desired('pi-1'), null)
    assert.deepEqual(page.store.control.commands('pi-1'), [])
    const own = await page.ask('/api/devices/pi-1/config', { method: 'PUT', body: {}, headers: { cookie, origin: page.url } })
    assert.equal(own.status, 200)
  })
})
