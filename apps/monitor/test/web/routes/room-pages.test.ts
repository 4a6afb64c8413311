import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { DevicePage } from '@hearthwatch/api/devices'
import { RoomPage, ShownRooms } from '@hearthwatch/api/rooms'
import { follow } from '@hearthwatch/testhouse/monitor/event-stream'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { Value } from 'typebox/value'

async function house(t: TestContext, rooms = 0): Promise<Page> {
  const page = await startPage()
  t.after(() => page.close())
  page.store.transaction(() => {
    for (let i = 0; i < rooms; i++) addRoom(page, `room ${i}`, `pi-${i}`)
  })
  return page
}

function addRoom({ store, liveState, clock }: Page, room: string, id: string): void {
  store.devices.put({ ...store.devices.getOrMake(id, id, room), status: 'online' })
  liveState.show(room, 'temperature', { value: 20, time: clock.now, device: id })
}

const path = (query: object) => `/api/rooms?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`

/** The names of all pages, and of each page. */
async function walk(page: Page, query: object, between: (read: string[]) => void = () => {}): Promise<string[]> {
  const names: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const { json } = await page.ask(path({ ...query, ...(after === '' ? {} : { after }) }))
    assert.deepEqual([...Value.Errors(RoomPage, json)], [])
    names.push(...json.rooms.map(({ room }: { room: string }) => room))
    after = json.next
    between(names)
  }
  return names
}

/** Requests an answer without reading it: to parse it would be a long turn of this test. */
async function drain(url: string): Promise<void> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  await once(answer.resume(), 'end')
}

/** The longest turn of the event loop during the work, as a share of the time that it took. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  let [last, longest, isOver] = [begun, 0, false]
  const done = work().finally(() => {
    isOver = true
  })
  while (!isOver) {
    await turn()
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  await done
  return longest / (last - begun)
}

describe('GET /api/rooms in pages', () => {
  it('all pages of 20,000 rooms together are the whole answer, which leaves the event loop to others', async (t) => {
    const page = await house(t, 20_000)
    const whole = await page.ask('/api/rooms')
    const rooms: object[] = []
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const { json } = await page.ask(path({ limit: 1000, ...(after === null ? {} : { after }) }))
      assert.deepEqual([json.found, json.total, json.online], [20_000, 20_000, 20_000])
      rooms.push(...json.rooms)
      after = json.next
    }
    assert.deepEqual(rooms, whole.json)

    // In one piece it would be most of the time. The best of five, because another program may stop this one for a while.
    const shares: number[] = []
    for (let i = 0; i < 5; i++) shares.push(await longestTurn(() => drain(`${page.url}/api/rooms`)))
    t.diagnostic(`longest turn: ${shares.map((share) => `${Math.round(100 * share)} %`).join(', ')} of the answer's time`)
    assert.ok(Math.min(...shares) < 0.25)
  })

  it('no room is missing or twice if rooms come and go between two pages', async (t) => {
    const page = await house(t, 30)
    const read = await walk(page, { limit: 7 }, (names) => {
      const last = names.at(-1)
      // The room of the cursor itself, one that was read, and one that follows.
      if (names.length === 7) for (const gone of [last, names[2], 'room 20']) page.liveState.forgetRoom(gone ?? '')
      if (names.length === 7) for (const id of [`pi-${last?.slice(5)}`, 'pi-2', 'pi-20']) page.store.devices.remove(id)
      if (names.length === 14) addRoom(page, 'room 0.5', 'pi-early')
      if (names.length === 14) addRoom(page, 'room 25.5', 'pi-late')
    })
    const expected = Array.from({ length: 30 }, (_, i) => `room ${i}`).filter((name) => name !== 'room 20')
    expected.splice(expected.indexOf('room 26'), 0, 'room 25.5')
    assert.deepEqual(read, expected)
  })

  it('rooms with the same display name are on one page each', async (t) => {
    const page = await house(t, 10)
    for (let i = 0; i < 10; i++) page.store.labels.put({ room: `room ${i}`, name: '教室', icon: null, position: null, group: null })
    assert.deepEqual((await walk(page, { limit: 3 })).length, new Set(await walk(page, { limit: 3 })).size)
  })

  it('the order of home has the rooms of a group together, at the place of its first room', async (t) => {
    const page = await house(t, 6)
    const put = (n: number, group: string) => page.store.labels.put({ room: `room ${n}`, name: null, icon: null, position: null, group })
    put(1, '一樓')
    put(2, 'Up')
    put(4, '一樓')
    const names = async (query: object) => (await walk(page, query)).map((name) => Number(name.slice(5)))
    assert.deepEqual(await names({ limit: 2, order: 'home' }), [1, 4, 2, 0, 3, 5])
    assert.deepEqual(await names({ limit: 2 }), [0, 1, 2, 3, 4, 5])
    assert.deepEqual(await names({ limit: 2, group: '一樓' }), [1, 4])
    assert.deepEqual((await page.ask(path({ limit: 1 }))).json.groups, ['一樓', 'Up'])
  })

  it('by trouble the worst rooms are on the first page, as home sorts them', async (t) => {
    const page = await house(t, 9)
    page.addAlert({ room: 'room 7', severity: 'warning' })
    page.addAlert({ room: 'room 8', severity: 'critical' })
    page.addAlert({ room: 'room 2', severity: 'critical', state: 'pending' })
    page.addDevice({ id: 'pi-5', room: 'room 5', status: 'offline' })
    page.liveState.show('room 3', 'humidity', { value: 50, time: page.clock.now - 3_600_000, device: 'pi-3' })
    const names = (await walk(page, { limit: 2, order: 'trouble' })).map((name) => Number(name.slice(5)))
    assert.deepEqual(names, [8, 7, 5, 3, 0, 1, 2, 4, 6])
  })

  it('a search finds rooms by either name, without accents and capitals', async (t) => {
    const page = await house(t, 120)
    page.store.labels.put({ room: 'room 77', name: 'Bäderraum', icon: null, position: null, group: null })
    const { json } = await page.ask(path({ search: ' BADER', limit: 1 }))
    assert.deepEqual([json.rooms[0].room, json.found, json.total, json.next], ['room 77', 1, 120, null])
    const many = await page.ask(path({ search: 'room 11', limit: 4 }))
    assert.deepEqual([many.json.rooms.length, many.json.found], [4, 11])
  })

  it('a wrong parameter is refused and named', async (t) => {
    const page = await house(t, 3)
    for (const [query, field, problem] of [
      [{ limit: 0 }, 'limit', 'too-small'],
      [{ limit: 1001 }, 'limit', 'too-large'],
      [{ limit: '1.5' }, 'limit', 'not-an-integer'],
      [{ order: 'size' }, 'order', 'not-one-of'],
      [{ after: '' }, 'after', 'too-short'],
      [{ order: 'trouble', after: 'room 1' }, 'after', 'wrong-format'],
    ] as const) {
      const { status, json } = await page.ask(path(query))
      assert.equal(status, 400, JSON.stringify(query))
      assert.equal(typeof json.error, 'string')
      assert.equal(json.fields[0].field, field, JSON.stringify(json))
      assert.equal(json.fields[0].problem, problem, JSON.stringify(json))
    }
  })
})

describe('GET /api/devices in pages', () => {
  it('all pages together are the whole answer, whatever comes and goes between them', async (t) => {
    const page = await house(t, 1500)
    const whole = (await page.ask('/api/devices')).json
    const ids: string[] = []
    for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
      const { json } = await page.ask(`/api/devices?limit=400${after === null ? '' : `&after=${encodeURIComponent(after)}`}`)
      assert.deepEqual([...Value.Errors(DevicePage, json)], [])
      ids.push(...json.devices.map(({ id }: { id: string }) => id))
      after = json.next
      if (isFirst && after !== null) page.store.devices.remove(after)
    }
    assert.deepEqual(
      ids,
      whole.map(({ id }: { id: string }) => id),
    )
    assert.deepEqual(
      (await page.ask('/api/devices/pi-7')).json,
      whole.find(({ id }: { id: string }) => id === 'pi-7'),
    )
    assert.equal((await page.ask('/api/devices/nobody')).status, 404)
  })

  it('the devices are in the order in which people count', async (t) => {
    const { json } = await (await house(t, 12)).ask('/api/devices?limit=4')
    assert.deepEqual(
      json.devices.map(({ id }: { id: string }) => id),
      ['pi-0', 'pi-1', 'pi-2', 'pi-3'],
    )
  })

  it('a search finds a device by its id or its room', async (t) => {
    const page = await house(t, 50)
    page.store.labels.put({ room: 'room 33', name: '書房', icon: null, position: null, group: null })
    for (const search of ['PI-33', '書房', 'room 33']) {
      const { json } = await page.ask(`/api/devices?search=${encodeURIComponent(search)}`)
      assert.deepEqual([json.devices[0].id, json.found, json.total], ['pi-33', 1, 50], search)
    }
  })
})

describe('A stream of events that is limited to some rooms', () => {
  it('gets readings and statuses of these rooms only, and all alerts; a reader may limit it', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: 'owner', READER_PASSWORD: 'family' })
    t.after(() => page.close())
    for (const n of [1, 2, 3]) page.store.transaction(() => addRoom(page, `room ${n}`, `pi-${n}`))
    const headers = { cookie: await page.login('family') }
    const limited = await follow(page.url, '/api/events?stream=abcdefgh-1', headers)
    t.after(limited.close)
    await limited.untilText('retry')
    const shown = await page.ask('/api/events/abcdefgh-1/rooms', { method: 'POST', headers, body: { rooms: ['room 2', 'gone'] } })
    assert.deepEqual([...Value.Errors(ShownRooms, shown.json)], [])
    assert.deepEqual([shown.json.rooms.map(({ room }: { room: string }) => room), shown.json.total, shown.json.online], [['room 2'], 3, 3])
    const reading = (room: string, value: number) =>
      page.liveState.emit({ type: 'reading', data: { room, quantity: 'temperature', value, time: page.clock.now, device: null } })
    reading('room 1', 1)
    page.liveState.emit({ type: 'status', data: { room: 'room 3', device: 'pi-3', status: 'offline' } })
    page.liveState.emit({ type: 'alert', data: page.addAlert({ room: 'room 1' }) })
    reading('room 2', 2)
    await limited.until(({ data }) => data.value === 2 && data.quantity === 'temperature' && data.room === 'room 2')
    assert.deepEqual(
      limited.events.map(({ type, data }) => [type, data.room]),
      [
        ['alert', 'room 1'],
        ['reading', 'room 2'],
      ],
    )
    await page.ask('/api/events/abcdefgh-1/rooms', { method: 'POST', headers, body: { rooms: null } })
    reading('room 1', 3)
    await limited.until(({ data }) => data.value === 3)
    limited.close()
    const ask = () => page.ask('/api/events/abcdefgh-1/rooms', { method: 'POST', headers, body: { rooms: [] } })
    while ((await ask()).status !== 404) await turn()
    assert.equal((await page.ask('/api/events?stream=short', { headers })).status, 400)
  })
})
