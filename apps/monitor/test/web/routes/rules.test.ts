import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { ErrorAnswer, type FieldProblem } from '@hearthwatch/api/errors'
import { hour } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { Value } from 'typebox/value'

const warm = { condition: 'above', quantity: 'temperature', limit: 26 }

describe('Rules over HTTP', () => {
  let page: Page
  const put = (name: string, body: unknown) => page.ask(`/api/rules/${name}`, { method: 'PUT', body })
  const remove = (name: string) => page.ask(`/api/rules/${name}`, { method: 'DELETE' })
  const names = async (): Promise<string[]> => (await page.ask('/api/rules')).json.map(({ name }: { name: string }) => name)
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('the built-in rules exist in a new database', async () => {
    const { json } = await page.ask('/api/rules')
    assert.deepEqual(
      json.map(({ name, enabled, builtIn, changed }: Record<string, unknown>) => [name, enabled, builtIn, changed]),
      [
        ['too-hot', true, true, null],
        ['offline', true, true, null],
        ['silent', true, true, null],
        ['battery-low', true, true, null],
        ['freezer', false, true, null],
        ['frost', false, true, null],
      ],
    )
  })

  it('a rule is written, read and removed by name', async () => {
    const written = await put('warm', { ...warm, name: 'warm', message: { 'zh-TW': '太熱了' } })
    assert.equal(written.status, 200)
    assert.deepEqual(written.json.message, { 'zh-TW': '太熱了' })
    assert.deepEqual([written.json.severity, written.json.builtIn, written.json.changed], ['warning', false, page.clock.now])
    assert.deepEqual((await page.ask('/api/rules/warm')).json, written.json)
    assert.equal((await put('warm', { ...warm, limit: 27 })).json.limit, 27)
    assert.equal((await names()).filter((name) => name === 'warm').length, 1)
    assert.equal((await remove('warm')).status, 204)
    for (const answer of [await remove('warm'), await page.ask('/api/rules/warm')]) {
      assert.equal(answer.status, 404)
      assert.match(answer.json.error, /no rule warm/)
    }
  })

  it('a rule that was read can be written back', async () => {
    for (const rule of (await page.ask('/api/rules')).json) assert.deepEqual((await put(rule.name, rule)).json, rule)
  })

  it('a wrong rule is refused with every wrong field, and the stored rule stays', async () => {
    await put('warm', warm)
    const { status, json } = await put('warm', { name: 'cold', condition: 'outside', limit: 5, severity: 'loud', channels: ['mail'] })
    assert.equal(status, 400)
    for (const field of ['name', 'quantity', 'limit', 'severity']) assert.match(json.error, new RegExp(`(^|; )${field} `), field)
    assert.equal((await page.ask('/api/rules/warm')).json.limit, 26)
    for (const body of [undefined, [], 'warm', '{"__proto__":{}}', '{"condition":"above","quantity":"temperature","limit":1e999}'])
      assert.equal((await put('warm', body)).status, 400)
    for (const name of ['-warm', 'a%20b', 'message', 'broker', '%E6%BA%AB']) assert.equal((await put(name, warm)).status, 400, name)
  })

  it('a wrong rule is refused with the problem and the bounds of each field', async () => {
    const cases: [body: object, fields: FieldProblem[]][] = [
      [
        { ...warm, limit: 500, for: -1, colour: 'red', repeat: [0], keepFiringFor: 'long' },
        [
          { field: 'colour', problem: 'unknown' },
          { field: 'for', problem: 'too-small', min: 0 },
          { field: 'keepFiringFor', problem: 'not-a-number' },
          { field: 'repeat', problem: 'too-small', min: 1 },
          { field: 'limit', problem: 'too-large', min: -100, max: 250 },
        ],
      ],
      [
        { condition: 'rises', limit: -3, name: 'cold', severity: 'loud' },
        [
          { field: 'severity', problem: 'not-one-of' },
          { field: 'name', problem: 'mismatch' },
          { field: 'quantity', problem: 'missing' },
          { field: 'window', problem: 'missing' },
          { field: 'limit', problem: 'not-above', min: 0 },
        ],
      ],
      [{ ...warm, condition: 'outside', limit: [26, 20] }, [{ field: 'limit', problem: 'wrong-order' }]],
      [{ ...warm, condition: 'outside', limit: [20, 22], recover: 1 }, [{ field: 'recover', problem: 'not-below', max: 1 }]],
      [{ ...warm, window: 60 }, [{ field: 'window', problem: 'not-needed' }]],
      [{ condition: 'silent', for: 0 }, [{ field: 'for', problem: 'not-above', min: 0, max: 2_592_000 }]],
      [{ ...warm, channels: ['pigeon'] }, [{ field: 'channels', problem: 'not-found' }]],
    ]
    for (const [body, fields] of cases) {
      const { status, json } = await put('warm', body)
      assert.equal(status, 400)
      assert.deepEqual(json.fields, fields)
      assert.deepEqual([...Value.Errors(ErrorAnswer, json)], [])
    }
    const trial = await page.ask('/api/rules/test', { method: 'POST', body: { rule: { ...warm, limit: 'hot' } } })
    assert.deepEqual(trial.json.fields, [{ field: 'limit', problem: 'not-a-number' }])
  })

  it('a rule with an unknown channel is refused', async () => {
    const { status, json } = await put('warm', { ...warm, channels: ['mail', 'pigeon'] })
    assert.equal(status, 400)
    assert.match(json.error, /channels: there is no channel pigeon \(there are mail\)/)
    assert.deepEqual((await put('warm', { ...warm, channels: ['mail'] })).json.channels, ['mail'])
  })

  it('a built-in rule can be changed and disabled, and DELETE restores it', async () => {
    const { json } = await put('too-hot', { ...warm, enabled: false })
    assert.deepEqual([json.limit, json.enabled, json.severity, json.builtIn], [26, false, 'warning', true])
    const restored = await remove('too-hot')
    assert.equal(restored.status, 200)
    assert.deepEqual([restored.json.limit, restored.json.severity, restored.json.changed], [30, 'critical', null])
    assert.equal((await remove('offline')).status, 200)
    assert.ok((await names()).includes('offline'))
  })

  it('more than a thousand rules are refused', async (t) => {
    const other = await startPage()
    t.after(() => other.close())
    const write = (name: string) => other.ask(`/api/rules/${name}`, { method: 'PUT', body: warm })
    const rules = Array.from({ length: 995 }, (_, i) => ({ ...other.store.rules.all()[0], name: `r-${i}` }))
    other.store.rules.import(rules as Parameters<typeof other.store.rules.import>[0], { digest: 'digest', stamp: 0 }, 0)
    assert.equal((await write('one-more')).status, 409)
    assert.equal((await write('r-7')).status, 200)
  })

  it('the OpenAPI document has all fields of a rule', async () => {
    const { paths } = (await page.ask('/api/openapi.json')).json
    const { properties } = paths['/api/rules/{name}'].put.requestBody.content['application/json'].schema
    for (const field of ['name', 'limit', 'keepFiringFor', 'noData', 'message']) assert.ok(field in properties, field)
    assert.ok(paths['/api/silences/{id}'].delete)
  })
})

describe('Silences over HTTP', () => {
  let page: Page
  const add = (body: unknown) => page.ask('/api/silences', { method: 'POST', body })
  const list = async () => (await page.ask('/api/silences')).json
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('a silence is for a room, a rule, both or everything, and expires', async () => {
    const until = page.clock.now + hour
    const { status, json } = await add({ room: '廚房', rule: 'too-hot', until, comment: 'cooking' })
    assert.equal(status, 201)
    assert.deepEqual(json, { id: json.id, room: '廚房', rule: 'too-hot', from: page.clock.now, until, comment: 'cooking' })
    const everything = (await add({ until: until + hour })).json
    assert.deepEqual([everything.room, everything.rule, everything.comment], [null, null, ''])
    assert.deepEqual(await list(), [everything, json])
    page.clock.now = until
    assert.deepEqual(await list(), [everything])
    page.clock.now += hour
    assert.deepEqual(await list(), [])
  })

  it('a silence can be ended early', async () => {
    const { json } = await add({ room: 'kitchen', until: page.clock.now + hour })
    assert.equal((await page.ask(`/api/silences/${json.id}`, { method: 'DELETE' })).status, 204)
    assert.deepEqual(await list(), [])
    assert.equal((await page.ask(`/api/silences/${json.id}`, { method: 'DELETE' })).status, 404)
  })

  it('a silence can be for an alert without a rule', async () => {
    for (const rule of ['message', 'broker']) assert.equal((await add({ rule, until: page.clock.now + 1 })).status, 201)
  })

  it('a wrong silence is refused with its wrong field', async () => {
    const { now } = page.clock
    const wrong: [body: unknown, field: RegExp][] = [
      [{}, /until/],
      [{ until: now }, /until must be in the future/],
      [{ until: Math.floor(now / 1000) + 3600 }, /until must be in the future/],
      [{ until: now + 400 * 24 * hour }, /until must be within a year/],
      [{ until: '2026-11-24' }, /until/],
      [{ until: now + 0.5 }, /until/],
      [{ until: now + hour, rule: 'too-cold' }, /rule: there is no rule too-cold/],
      [{ until: now + hour, room: '' }, /room/],
      [{ until: now + hour, comment: 'x'.repeat(501) }, /comment/],
      [{ until: now + hour, who: 'me' }, /who/],
    ]
    for (const [body, field] of wrong) {
      const answer = await add(body)
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.json.error, field)
      assert.match(answer.json.fields[0].field, new RegExp(`^${/\w+/.exec(field.source)?.[0]}$`))
    }
  })

  it('a silence is deleted a month after its end', async () => {
    const file = page.store.silences
    const { id } = file.add({ room: null, rule: null, from: page.clock.now, until: page.clock.now + 1, comment: 'old' })
    page.clock.now += 32 * 24 * hour
    await add({ until: page.clock.now + hour })
    assert.equal(file.remove(id), false)
  })
})
