import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type Events, events as eventSchemas } from '@hearthwatch/api/events'
import { follow } from '@hearthwatch/testhouse/monitor/event-stream'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { Value } from 'typebox/value'
import { createLiveState } from '../../../live/live-state.ts'
import { createEventHub, writeEvent } from '../../../web/http/event-hub.ts'

describe('GET /api/events', () => {
  let page: Page
  const reading = (value: number, room = 'kitchen') =>
    page.liveState.emit({ type: 'reading', data: { device: 'pi-1', value, time: page.clock.now, quantity: 'temperature', room } })
  const clients = async () => Number(/^hearthwatch_event_listeners (\d+)$/m.exec((await page.ask('/metrics')).text)?.[1])
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('a client that asks for beats gets them while nothing happens', async (t) => {
    const stream = await follow(page.url, '/api/events?beat=1')
    t.after(stream.close)
    await stream.until(({ type }) => type === 'beat')
    assert.equal((await page.ask('/api/events?beat=0')).status, 400)
  })

  it('readings, statuses, alerts and notifications are sent in order as server-sent events', async (t) => {
    const stream = await follow(page.url, '/api/events')
    t.after(stream.close)
    assert.equal(stream.response.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(stream.response.headers['cache-control'], 'no-store')
    assert.match(String(stream.response.headers['content-security-policy']), /default-src 'none'/)
    const alert = page.addAlert({ room: '客廳\u2028' })
    page.store.notifications.add({
      event: 'a',
      channel: 'mail',
      recipient: 'a@example.com',
      severity: 'critical',
      content: { kind: 'alert', transition: 'firing', alert, at: page.clock.now },
      created: page.clock.now,
    })
    reading(21.5)
    page.liveState.emit({ type: 'status', data: { room: 'kitchen', device: 'pi-1', status: 'offline' } })
    page.liveState.emit({ type: 'alert', data: alert })
    page.liveState.emit({ type: 'notification', data: { id: 1 } })
    page.liveState.emit({ type: 'notification', data: { id: 999 } })
    reading(22)
    const text = await stream.untilText('"value":22')
    const blocks = text.split('\n\n').filter((block) => block.startsWith('event:'))
    const events = blocks.map((block) => {
      const [event = '', data = '', ...more] = block.split('\n')
      assert.deepEqual(more, [])
      return [event.slice('event: '.length), JSON.parse(data.slice('data: '.length))]
    })
    for (const [type = '', data] of events) assert.deepEqual([...Value.Errors(eventSchemas[type as keyof Events], data)], [])
    const { now } = page.clock
    assert.deepEqual(events[0], ['reading', { room: 'kitchen', quantity: 'temperature', value: 21.5, time: now, device: 'pi-1' }])
    assert.deepEqual(events[1], ['status', { room: 'kitchen', device: 'pi-1', status: 'offline' }])
    assert.deepEqual(events[2], ['alert', (await page.ask(`/api/alerts`)).json[0]])
    assert.deepEqual(events[3], ['notification', (await page.ask('/api/notifications')).json[0]])
    assert.deepEqual(events[4]?.[1].value, 22)
    assert.equal(events.length, 5)
  })

  it('every client receives the same events, and a closed one is removed', async () => {
    const streams = await Promise.all([follow(page.url, '/api/events'), follow(page.url, '/api/events'), follow(page.url, '/api/events')])
    assert.equal(await clients(), 3)
    reading(31)
    for (const stream of streams) await stream.until(({ data }) => data.value === 31)
    for (const stream of streams) stream.close()
    while ((await clients()) > 0) await turn()
  })

  it('a client that does not read is disconnected, while others receive everything', async (t) => {
    const stream = await follow(page.url, '/api/events')
    t.after(stream.close)
    const slow = connect(Number(new URL(page.url).port), '127.0.0.1')
    t.after(() => slow.destroy())
    slow.on('error', () => {})
    slow.pause()
    slow.write('GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
    while ((await clients()) < 2) await turn()
    const room = 'r'.repeat(64)
    let last = 0
    for (let told = 0; (await clients()) === 2; told += 1000) {
      assert.ok(told < 1_000_000, 'the slow client is still connected')
      for (let i = 0; i < 1000; i++) reading(++last, room)
      await stream.until(({ data }) => data.value === last)
    }
    assert.equal(await clients(), 1)
    reading(0.25)
    await stream.until(({ data }) => data.value === 0.25)
    assert.equal(stream.events.length, last + 1)
    assert.ok(stream.events.every(({ type }) => type === 'reading'))
  })

  it('more than a hundred event streams are refused', async (t) => {
    const streams = await Promise.all(Array.from({ length: 100 }, () => follow(page.url, '/api/events')))
    t.after(() => {
      for (const stream of streams) stream.close()
    })
    const answer = await page.ask('/api/events')
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers['retry-after']) > 0)
  })

  it('an event stream ends with its session', async (t) => {
    const locked = await startPage({ DASHBOARD_PASSWORD: 'x' })
    t.after(() => locked.close())
    const cookie = await locked.login('x')
    const stream = await follow(locked.url, '/api/events', { cookie })
    const other = await follow(locked.url, '/api/events', { cookie: await locked.login('x') })
    await locked.ask('/api/session', { method: 'DELETE', headers: { cookie } })
    await stream.over
    locked.liveState.emit({ type: 'status', data: { room: 'a', device: null, status: 'online' } })
    await other.until(({ data }) => data.status === 'online')
  })

  it('an open stream ends when the monitor stops', async () => {
    const short = await startPage()
    const stream = await follow(short.url, '/api/events')
    await Promise.all([short.close(), stream.over])
  })
})

describe('An event hub', () => {
  it('subscribes only while it has clients, writes each event once for all of them, and sends heartbeats', async (t) => {
    const liveState = createLiveState(Date.now)
    let written = 0
    let isAllowed = true
    const hub = createEventHub({
      limit: 10,
      backlog: 1024,
      heartbeat: 20,
      subscribe: (broadcast) =>
        liveState.onEvent(({ type }) => {
          written += 1
          broadcast(writeEvent({ type, data: { written } }))
        }),
    })
    const server = createServer((_, response) => hub.add(response, () => isAllowed)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const status = { type: 'status', data: { room: 'a', device: null, status: 'online' } } as const

    liveState.emit(status)
    assert.equal(written, 0)
    const streams = [await follow(url, '/'), await follow(url, '/')]
    for (const stream of streams) await stream.untilText(':\n\n')
    liveState.emit(status)
    for (const stream of streams) await stream.until(({ data }) => data.written === 1)
    assert.equal(written, 1)

    isAllowed = false
    for (const stream of streams) await stream.over
    assert.equal(hub.size, 0)
    liveState.emit(status)
    assert.equal(written, 1)
  })
})
