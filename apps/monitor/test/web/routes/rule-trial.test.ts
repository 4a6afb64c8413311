import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate as pause } from 'node:timers/promises'
import { silent } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { archiveOldReadings } from '../../../nightly/archive-readings.ts'
import { openStore } from '../../../store/store.ts'

const s = 1000
const minute = 60 * s
const day = 86_400 * s

describe('A back-test over HTTP', () => {
  let page: Page
  const test = (body: unknown) => page.ask('/api/rules/test', { method: 'POST', body })
  const warm = { quantity: 'temperature', condition: 'above', limit: 30 }
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('a back-test lists the alerts that the rule would have raised, and stores nothing', async () => {
    const from = page.clock.now - 3_600_000
    const at = (i: number) => from + i * minute
    page.addReadings(
      'kitchen',
      [29, 31, 32, 29.5, 28, 31, 29].map((value, i) => [at(i), value] as const),
    )
    page.addReadings(
      '客廳',
      [31, 31].map((value, i) => [at(i), value] as const),
      null,
    )
    page.addReadings('kitchen', [[at(1), 99]], 'pi-1', 'humidity')
    const { status, json } = await test({ rule: { ...warm, for: 60 }, from, to: page.clock.now })
    assert.equal(status, 200)
    const kitchen = { room: 'kitchen', device: 'pi-1', quantity: 'temperature' }
    assert.deepEqual(json, {
      alerts: [
        { room: '客廳', device: null, quantity: 'temperature', started: at(0), fired: at(1), resolved: null, value: 31, limit: 30 },
        { ...kitchen, started: at(1), fired: at(2), resolved: at(4), value: 32, limit: 30 },
      ],
      more: 0,
      messages: 3,
      readings: 9,
      complete: true,
    })
    assert.deepEqual((await page.ask('/api/alerts')).json, [])
    assert.ok((await page.ask('/api/rules')).json.every(({ builtIn }: { builtIn: boolean }) => builtIn))
    const early = (await test({ rule: { ...warm, rooms: 'kitchen' }, from: at(5), to: at(6) })).json
    assert.deepEqual([early.readings, early.alerts.length, early.alerts[0].resolved], [1, 1, null])
  })

  it('a back-test supports every condition about readings', async () => {
    const from = page.clock.now - 2 * day
    const at = (i: number) => from + i * minute
    const values = [20, 20, 22, 26, 26, 26, 26, 20, 16, 17]
    page.addReadings(
      'attic',
      values.map((value, i) => [at(i), value] as const),
      'pi-2',
    )
    page.addReadings('attic', [[at(120), 18]], 'pi-2')
    const told = async (rule: object) =>
      (await test({ rule: { quantity: 'temperature', rooms: 'attic', ...rule }, from, to: at(180) })).json.alerts.map(
        ({ fired, resolved, value, limit }: Record<string, number | null>) => [
          (Number(fired) - from) / minute,
          resolved === null ? null : (Number(resolved) - from) / minute,
          value,
          limit,
        ],
      )
    assert.deepEqual(await told({ condition: 'above', limit: 25 }), [[3, 7, 26, 25]])
    assert.deepEqual(await told({ condition: 'below', limit: 17 }), [[8, 120, 16, 17]])
    assert.deepEqual(await told({ condition: 'outside', limit: [18, 25] }), [
      [3, 7, 26, 25],
      [8, null, 16, 18],
    ])
    assert.deepEqual(await told({ condition: 'rises', limit: 5, window: 120 }), [[3, 4, 6, 5]])
    assert.deepEqual(await told({ condition: 'falls', limit: 5, window: 120 }), [[7, 9, 6, 5]])
    assert.deepEqual(await told({ condition: 'silent', for: 1800, quantity: undefined }), [
      [39, 120, null, null],
      [150, null, null, null],
    ])
  })

  it('a back-test of an offline rule is refused', async () => {
    const { status, json } = await test({ rule: { condition: 'offline' } })
    assert.equal(status, 400)
    assert.match(json.error, /condition must not be offline: the times at which a device was seen are not stored/)
  })

  it('a back-test names the wrong fields of the rule or the span', async () => {
    for (const [body, says] of [
      [{ rule: { ...warm, limit: 'x', for: -1 } }, /limit must be.*for must be|for must be.*limit must be/],
      [{ rule: 5 }, /a rule must be a JSON object/],
      [{}, /rule/],
      [{ rule: warm, from: 5, to: 5 }, /from must be before to/],
      [{ rule: warm, from: '2026' }, /from/],
      [{ rule: warm, until: 5 }, /until/],
    ] as const) {
      const { status, json } = await test(body)
      assert.equal(status, 400, JSON.stringify(body))
      assert.match(json.error, says)
    }
  })

  it('a back-test raises no silent alert in the future', async () => {
    const other = await startPage()
    other.addReadings('kitchen', [[other.clock.now - minute, 20]])
    const silent = { rule: { condition: 'silent', for: 600 }, from: other.clock.now - day, to: other.clock.now + day }
    assert.deepEqual((await other.ask('/api/rules/test', { method: 'POST', body: silent })).json.alerts, [])
    await other.close()
  })

  it('a back-test evaluates archived readings like others', async () => {
    const from = page.clock.now - 120 * day
    const values = Array.from({ length: 20 * 24 * 6 }, (_, i) => [from + i * 10 * minute, 24 + 8 * Math.sin(i / 20) + (i % 7) / 5] as const)
    page.addReadings('loft', values, 'pi-3')
    const question = { rule: { ...warm, rooms: 'loft', for: 1200, keepFiringFor: 1800 }, from, to: page.clock.now - 30 * day }
    const before = (await test(question)).json
    assert.ok((await archiveOldReadings({ store: page.store, now: () => page.clock.now, log: silent })) >= values.length)
    assert.deepEqual((await test(question)).json, before)
    assert.equal(before.readings, values.length)
    assert.ok(before.alerts.length > 10)
  })

  it('a back-test lists a thousand alerts and counts the others', async () => {
    const from = page.clock.now - 300 * day
    page.addReadings(
      'flutter',
      Array.from({ length: 4000 }, (_, i) => [from + i * minute, i % 2 === 0 ? 31 : 20] as const),
    )
    const { json } = await test({ rule: { ...warm, rooms: 'flutter' }, from, to: page.clock.now })
    assert.deepEqual([json.alerts.length, json.more, json.readings], [1000, 1000, 4000])
    assert.equal(json.alerts[999].started, from + 1998 * minute)
  })
})

describe('A back-test on two months of readings', () => {
  let page: Page
  const readings = 500_000
  const body = { rule: { quantity: 'temperature', condition: 'above', limit: 30, for: 60 }, from: 0 }
  before(async () => {
    page = await startPage()
    const from = page.clock.now - readings * 10 * s
    page.addReadings(
      'kitchen',
      Array.from({ length: readings }, (_, i) => [from + i * 10 * s, 20 + 12 * Math.sin(i / 1000)] as const),
    )
  })
  after(() => page.close())

  it('other requests are answered during a back-test', async () => {
    // CPU time, not wall time: other processes may use a busy machine meanwhile.
    const used = () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1000
    }
    const began = used()
    let longest = 0
    let isOver = false
    const watch = (async () => {
      for (let last = used(); !isOver; last = used()) {
        await pause()
        longest = Math.max(longest, used() - last)
      }
    })()
    const { json } = await page.ask('/api/rules/test', { method: 'POST', body })
    isOver = true
    await watch
    assert.deepEqual([json.readings, json.complete], [readings, true])
    assert.ok(longest < Math.max(60, (used() - began) / 3), `${longest} of ${used() - began} ms`)
  })
})

describe('A back-test on endless readings', () => {
  it('a back-test ends when its client disconnects, and a third one at once is refused', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'trial-'))
    const real = openStore(join(folder, 'house.db'))
    const endless = {
      names: () => [{ room: 'kitchen', quantity: 'temperature', device: null }],
      *each() {
        for (let time = 0; ; time += 10 * s) yield { time, value: 20 }
      },
    }
    const page = await startPage({}, { store: { ...real, readings: { ...real.readings, ...endless } } })
    t.after(async () => {
      await page.close()
      real.close()
      rmSync(folder, { recursive: true })
    })
    const ask = () => {
      const sent = request(`${page.url}/api/rules/test`, { method: 'POST', headers: { 'content-type': 'application/json' } })
      sent.on('error', () => {})
      sent.end(JSON.stringify({ rule: { quantity: 'temperature', condition: 'above', limit: 30 } }))
      return sent
    }
    // The request is then refused for another reason.
    const status = async () => (await page.ask('/api/rules/test', { method: 'POST', body: { rule: { condition: 'offline' } } })).status
    const [first, second] = [ask(), ask()]
    await eventually(async () => (await status()) === 429)
    first.destroy()
    await eventually(async () => (await status()) === 400, 2000)
    second.destroy()
  })
})
