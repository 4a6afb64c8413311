import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('GET /metrics', () => {
  it('metrics have values by quantity in base units, without stale ones', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const { now } = page.clock
    page.liveState.show('客廳 "a\\b"', 'temperature', { value: 21.5, time: now, device: 'pi-1' })
    page.liveState.show('kitchen', 'humidity', { value: 45.2, time: now, device: null })
    page.liveState.show('kitchen', 'temperature_2', { value: 4, time: now, device: null })
    page.liveState.show('kitchen', 'constructor', { value: 5, time: now, device: null })
    page.liveState.show('attic', 'temperature', { value: 99, time: now - 90_001, device: null })
    page.liveState.fill('cellar', 'temperature', { value: 8, time: now, device: null })
    page.addReadings('kitchen', [[now - 5, 20]], 'pi-2')
    page.addReadings('kitchen', [[now - 9, 19]], 'pi-3')
    page.addDevice({ id: 'pi-1', room: 'kitchen', status: 'online', seen: 1500 })
    page.addAlert({})

    const { status, headers, text } = await page.ask('/metrics')
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    const lines = text.split('\n')
    for (const line of [
      '# TYPE hearthwatch_temperature_celsius gauge',
      'hearthwatch_temperature_celsius{room="客廳 \\"a\\\\b\\"",device="pi-1"} 21.5',
      'hearthwatch_temperature_celsius{room="kitchen",device="pi-2"} 20',
      'hearthwatch_temperature_celsius{room="kitchen",device="pi-3"} 19',
      'hearthwatch_temperature_celsius{room="kitchen",device="",quantity="temperature_2"} 4',
      'hearthwatch_humidity_ratio{room="kitchen",device=""} 0.452',
      'hearthwatch_reading{room="kitchen",device="",quantity="constructor"} 5',
      'hearthwatch_readings_total 7',
      'hearthwatch_rejected_total{reason="bad-json"} 2',
      'hearthwatch_device_online{room="kitchen",device="pi-1"} 1',
      'hearthwatch_device_last_seen_timestamp_seconds{room="kitchen",device="pi-1"} 1.5',
      'hearthwatch_alerts{rule="too-hot",state="firing"} 1',
      'hearthwatch_mqtt_connected 1',
    ]) {
      assert.ok(lines.includes(line), `${line} is not in\n${text}`)
    }
    assert.doesNotMatch(text, /attic/)
    assert.doesNotMatch(text, /cellar/, 'retained: nobody knows since when')
    const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
    assert.equal(new Set(names).size, names.length, 'each name is declared once')
  })
})

describe('The channels in GET /metrics', () => {
  it('metrics of channels have notifications by state, errors and budgets', async (t) => {
    const state = { recipients: 1, paused: false, error: null, quiet: false, budget: null }
    const channels = () => [
      { name: 'mail', kind: 'mail', ...state, paused: true, error: { en: 'The password is wrong.', 'zh-TW': '密碼錯誤。' } },
      { name: 'line', kind: 'line', ...state, quiet: true, budget: { perMonth: 200, used: 12 } },
    ]
    const page = await startPage({}, { notify: { channels, test: async () => undefined } })
    t.after(() => page.close())
    const content = { kind: 'late-text', room: 'kitchen', text: 'hot', count: 1, first: 1, last: 1 } as const
    for (const [i, channel] of ['mail', 'mail', 'mail', 'sms'].entries())
      page.store.notifications.add({ event: `${i}`, channel, recipient: 'ann', severity: 'warning', content, created: 1 })
    page.store.notifications.markSent([1], 2)
    page.store.notifications.markDead([2], { en: 'no', 'zh-TW': '否' }, 2)
    page.store.notifications.claim([3], 'a-message', 'subject', 2)
    const lines = (await page.ask('/metrics')).text.split('\n')
    assert.deepEqual(
      lines.filter((line) => /^hearthwatch_(?:notifications|channel)/.test(line)),
      [
        ...['pending', 'sent', 'failed'].map((state) => `hearthwatch_notifications{channel="mail",state="${state}"} 1`),
        ...['pending', 'sent', 'failed'].map((state) => `hearthwatch_notifications{channel="line",state="${state}"} 0`),
        'hearthwatch_notifications{channel="sms",state="pending"} 1',
        'hearthwatch_notifications{channel="sms",state="sent"} 0',
        'hearthwatch_notifications{channel="sms",state="failed"} 0',
        'hearthwatch_channel_up{channel="mail"} 0',
        'hearthwatch_channel_up{channel="line"} 1',
        'hearthwatch_channel_paused{channel="mail"} 1',
        'hearthwatch_channel_paused{channel="line"} 0',
        'hearthwatch_channel_quiet{channel="mail"} 0',
        'hearthwatch_channel_quiet{channel="line"} 1',
        'hearthwatch_channel_budget_messages{channel="line"} 200',
        'hearthwatch_channel_budget_used_messages{channel="line"} 12',
      ],
    )
  })
})

describe('GET /api/openapi.json', () => {
  it('the OpenAPI document describes every route', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const { json } = await page.ask('/api/openapi.json')
    assert.equal(json.openapi, '3.1.0')
    const calls = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    )
    assert.deepEqual(calls.sort(), [
      'delete /api/channels/{name}',
      'delete /api/devices/{id}',
      'delete /api/notes/{id}',
      'delete /api/rooms/{room}',
      'delete /api/rules/{name}',
      'delete /api/session',
      'delete /api/silences/{id}',
      'get /api/alerts',
      'get /api/batteries',
      'get /api/channel-kinds',
      'get /api/channel-kinds/{kind}/preview',
      'get /api/channel-kinds/{kind}/preview.html',
      'get /api/channels',
      'get /api/channels/{name}',
      'get /api/checklist',
      'get /api/devices',
      'get /api/devices/not-understood',
      'get /api/devices/{id}',
      'get /api/devices/{id}/commands',
      'get /api/devices/{id}/config',
      'get /api/devices/{id}/presence',
      'get /api/doctor',
      'get /api/events',
      'get /api/export.csv',
      'get /api/gaps',
      'get /api/health',
      'get /api/house',
      'get /api/labels',
      'get /api/notes',
      'get /api/notifications',
      'get /api/openapi.json',
      'get /api/push-key',
      'get /api/reach',
      'get /api/readings',
      'get /api/rooms',
      'get /api/rules',
      'get /api/rules/{name}',
      'get /api/sensors',
      'get /api/sensors/{id}',
      'get /api/session',
      'get /api/silences',
      'get /api/summary',
      'get /api/wire',
      'get /metrics',
      'post /api/alerts/acknowledge',
      'post /api/alerts/{id}/acknowledge',
      'post /api/channels',
      'post /api/channels/{name}/test',
      'post /api/devices/{id}/commands',
      'post /api/events/{stream}/rooms',
      'post /api/notes',
      'post /api/rules/test',
      'post /api/sensors',
      'post /api/session',
      'post /api/session/codes',
      'post /api/silences',
      'post /api/update-check',
      'put /api/channels/{name}',
      'put /api/channels/{name}/muted',
      'put /api/checklist',
      'put /api/devices/{id}/config',
      'put /api/devices/{id}/ignored',
      'put /api/devices/{id}/room',
      'put /api/labels/{room}',
      'put /api/rules/{name}',
    ])
    const readings = json.paths['/api/readings'].get
    assert.deepEqual(
      readings.parameters.filter(({ required }: { required?: boolean }) => required).map(({ name }: { name: string }) => name),
      ['room', 'quantity'],
    )
  })

  it('the OpenAPI document is JSON Schema 2020-12, in which the items of a list are one schema', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const { text } = await page.ask('/api/openapi.json')
    JSON.parse(text, (key, value) => {
      assert.ok(key !== 'items' || !Array.isArray(value), JSON.stringify(value))
      assert.ok(key !== 'nullable' && key !== 'additionalItems', key)
      return value
    })
  })

  it('the OpenAPI document has content types, logins and error answers', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const { paths } = (await page.ask('/api/openapi.json')).json
    const answers = (path: string, method: string) => paths[path][method].responses
    const types = (path: string) => Object.keys(answers(path, 'get')[200].content)
    assert.deepEqual(['/api/events', '/api/wire', '/api/export.csv', '/metrics', '/api/rooms', '/api/openapi.json'].flatMap(types), [
      'text/event-stream',
      'text/event-stream',
      'text/csv',
      'text/plain',
      'application/json',
      'application/json',
    ])
    assert.deepEqual(Object.keys(answers('/api/export.csv', 'get')), ['200', '400', '401'])
    assert.deepEqual(Object.keys(answers('/api/labels', 'get')), ['200', '401'])
    assert.deepEqual(Object.keys(answers('/api/health', 'get')), ['200', '503'])
    assert.deepEqual(Object.keys(answers('/api/export.csv', 'get')[401].content), ['application/json'])
  })
})
