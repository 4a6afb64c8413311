import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { day, hour, minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('GET /api/readings', () => {
  let page: Page
  let now: number
  const ask = (query: Record<string, string | number>) =>
    page.ask(`/api/readings?${new URLSearchParams({ room: 'kitchen', quantity: 'temperature', ...query } as Record<string, string>)}`)
  before(async () => {
    page = await startPage()
    now = page.clock.now
    page.addReadings('kitchen', [
      [now - 3 * day, 5],
      [now - 2 * minute, 20],
      [now - minute, 22],
    ])
    page.addReadings('kitchen', [[now - 2 * minute, 30]], 'pi-2')
    // A year of hourly readings, and a day of readings every 10 s.
    page.addReadings(
      'attic',
      Array.from({ length: 8760 }, (_, i) => [now - 365 * day + i * hour, i] as const),
    )
    page.addReadings(
      'cellar',
      Array.from({ length: 8640 }, (_, i) => [now - day + i * 10_000, i % 10] as const),
    )
  })
  after(() => page.close())

  it('few readings of the last 24 hours are returned one by one', async () => {
    const { status, json } = await ask({ device: 'pi-1' })
    assert.equal(status, 200)
    assert.deepEqual(json, {
      room: 'kitchen',
      quantity: 'temperature',
      unit: '°C',
      resolution: 0,
      points: [
        [now - 2 * minute, 20, 20, 20, 1],
        [now - minute, 22, 22, 22, 1],
      ],
    })
  })

  it('a reading of the current millisecond is included', async () => {
    page.addReadings('hall', [[now, 1]])
    assert.equal((await ask({ room: 'hall' })).json.points.length, 1)
  })

  it('from is inclusive and to is exclusive', async () => {
    const { json } = await ask({ device: 'pi-1', from: now - 3 * day, to: now - minute })
    assert.deepEqual(
      json.points.map(([time]: number[]) => time),
      [now - 3 * day, now - 2 * minute],
    )
  })

  it('devices of a room are merged unless one is requested', async () => {
    const both = (await ask({ points: 1 })).json.points
    assert.deepEqual(
      both.map(([, min, , max, count]: number[]) => [min, max, count]),
      [[20, 30, 3]],
    )
    assert.equal((await ask({ device: 'pi-2' })).json.points.length, 1)
    assert.deepEqual((await ask({ device: 'nobody' })).json.points, [])
  })

  it('the mean weighs by time, in hours, in days, and in a span as one point', async () => {
    const noon = now - (now % day) - 12 * hour
    const slow = Array.from({ length: 24 }, (_, i) => [noon - 6 * hour + i * 15 * minute, 20] as const)
    const fast = Array.from({ length: 4 * 360 }, (_, i) => [noon + i * 15_000, 30] as const)
    page.addReadings('office', [...fast, ...slow])
    for (const points of [1, 2, 30]) {
      const { json } = await ask({ room: 'office', from: noon - 6 * hour, to: noon + 6 * hour, points })
      const means = json.points.map(([, , mean]: number[]) => mean)
      assert.ok(Math.abs(means.reduce((sum: number, mean: number) => sum + mean, 0) / means.length - 25) < 0.2, `${points}: ${means}`)
    }
  })

  it('a series without readings has no points', async () => {
    const { status, json } = await ask({ room: '沒有這個房間', quantity: 'noise' })
    assert.equal(status, 200)
    assert.deepEqual(json, { room: '沒有這個房間', quantity: 'noise', unit: '', resolution: 0, points: [] })
  })

  it('many readings are grouped into at most 500 buckets that start at multiples of their width', async () => {
    const { resolution, points } = (await ask({ room: 'cellar' })).json
    assert.equal(resolution, 5 * minute)
    assert.ok(points.length <= 500)
    for (const [time, min, mean, max, count] of points) {
      assert.equal(time % resolution, 0)
      assert.ok(min <= mean && mean <= max && count <= 30)
    }
    assert.equal(
      points.reduce((sum: number, point: number[]) => sum + (point[4] ?? 0), 0),
      8640,
    )
  })

  it('a bucket that from or to cuts counts only the readings between them', async () => {
    // From 15 s after the start of one bucket to 15 s before the end of another.
    const from = now - day + 15_000
    const to = from + 12 * hour - 30_000
    const { resolution, points } = (await ask({ room: 'cellar', from, to, points: 150 })).json
    assert.equal(resolution, 5 * minute)
    assert.equal(points[0][0], now - day)
    assert.deepEqual([points[0][4], points[1][4], points.at(-1)[4]], [28, 30, 29])
    assert.equal(
      points.reduce((sum: number, point: number[]) => sum + (point[4] ?? 0), 0),
      12 * 360 - 3,
    )
    // The same with buckets of an hour.
    const hours = (await ask({ room: 'cellar', from, to, points: 13 })).json
    assert.equal(hours.resolution, hour)
    assert.deepEqual([hours.points[0][4], hours.points[1][4], hours.points.at(-1)[4]], [358, 360, 359])
  })

  it('there are never more points than requested, whatever the span', async () => {
    const spans = [
      { from: now - 365 * day, to: now },
      { from: now - 365 * day + 1, to: now + 1 },
      { from: 0, to: Number.MAX_SAFE_INTEGER },
      { from: now - 100 * day - 12_345, to: now - 7 },
    ]
    for (const span of spans) {
      for (const points of [1, 2, 3, 7, 10, 365, 500, 50_000]) {
        const { json } = await ask({ room: 'attic', points, ...span })
        const what = JSON.stringify({ ...span, points, resolution: json.resolution })
        assert.ok(json.points.length > 0 && json.points.length <= points, `${json.points.length} points for ${what}`)
        const times = json.points.map(([time]: number[]) => time)
        assert.deepEqual(
          times,
          times.toSorted((a: number, b: number) => a - b),
          what,
        )
        assert.ok(times.every(Number.isSafeInteger), what)
      }
    }
  })

  it('an invalid time, number of points or span is refused with the field', async () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ room: '' }, /^room /],
      [{ from: '' }, /^from /],
      [{ from: '-1' }, /^from /],
      [{ from: '1.5' }, /^from /],
      [{ from: '0x10' }, /^from /],
      [{ from: '1e3' }, /^from /],
      [{ to: 'now' }, /^to /],
      [{ to: '9007199254740992' }, /^to /],
      [{ points: '0' }, /^points /],
      [{ points: '50001' }, /^points /],
      [{ from: '5', to: '5' }, /^from must be before to/],
      [{ from: '6', to: '5' }, /^from must be before to/],
    ]
    for (const [query, error] of wrong) {
      const answer = await ask(query)
      assert.equal(answer.status, 400, JSON.stringify(query))
      assert.match(answer.json.error, error)
    }
    for (const path of ['/api/readings', '/api/readings?room=a', '/api/readings?quantity=b', '/api/readings?room=a&room=b&quantity=c']) {
      assert.equal((await page.ask(path)).status, 400, path)
    }
  })

  it('unknown parameters are ignored', async () => {
    assert.equal((await ask({ colour: 'red' })).status, 200)
  })
})

describe('GET /api/summary', () => {
  it('last, lowest, mean and highest of each quantity of each room are returned for a local day', async (t) => {
    const page = await startPage({ TZ: 'Asia/Taipei' })
    t.after(() => page.close())
    const midnight = Date.UTC(2026, 10, 22, 16) // of 23 November in Taipei
    page.addReadings('客廳', [
      [midnight - 1, 99],
      [midnight, 20],
      [midnight + hour, 26],
    ])
    page.addReadings('客廳', [[midnight + 2 * hour, 23]], 'pi-2')
    const today = await page.ask('/api/summary?date=2026-11-23')
    assert.equal(today.status, 200)
    assert.deepEqual(today.json, {
      date: '2026-11-23',
      from: midnight,
      to: midnight + day,
      rooms: [
        { room: '客廳', quantity: 'temperature', unit: '°C', last: 23, min: 20, mean: 23, max: 26, count: 3, time: midnight + 2 * hour },
      ],
    })
    // The content of the daily mail now: the last 24 hours, across dates.
    const now = await page.ask('/api/summary')
    assert.equal(now.json.rooms[0].count, 4)
    const before = await page.ask('/api/summary?date=2026-11-22')
    assert.deepEqual(
      before.json.rooms.map(({ last }: { last: number }) => last),
      [99],
    )
    for (const date of ['yesterday', '2026-02-30', '2026-1-1', '']) {
      const wrong = await page.ask(`/api/summary?date=${date}`)
      assert.equal(wrong.status, 400, date)
      assert.match(wrong.json.error, /^date/)
    }
  })
})
