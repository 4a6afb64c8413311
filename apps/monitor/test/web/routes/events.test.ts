import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type Page, startPage } from '@hearthwatch/testhouse/page-server'
import { createLiveState } from '../../../live/live-state.ts'
import { createLive } from '../../../web/http/live.ts'

/** Somebody who listens to the events. */
async function listen(url: string, path = '/api/events', headers: OutgoingHttpHeaders = {}) {
  const request = get(`${url}${path}`, { headers, agent: false })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  let heard = ''
  let isOver = false
  let wake = () => {}
  response.on('data', (chunk: string) => {
    heard += chunk
    wake()
  })
  const over = new Promise<void>((resolve) => {
    response.on('error', () => {})
    response.on('close', () => {
      isOver = true
      wake()
      resolve()
    })
  })
  return {
    response,
    /** When the stream is over. */
    over,
    heard: () => heard,
    /** All that was heard once this is among it. */
    async until(text: string): Promise<string> {
      while (!heard.includes(text)) {
        assert.ok(!isOver, `the stream ended without ${text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return heard
    },
    close: () => void request.destroy(),
  }
}

describe('GET /api/events', () => {
  let page: Page
  const reading = (value: number, room = 'kitchen') =>
    page.liveState.emit({ type: 'reading', data: { device: 'pi-1', value, time: page.clock.now, quantity: 'temperature', room } })
  const listeners = async () => Number(/^hearthwatch_event_listeners (\d+)$/m.exec((await page.ask('/metrics')).text)?.[1])
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('tells readings, statuses, alerts and notifications in their order, as server-sent events', async (t) => {
    const ear = await listen(page.url)
    t.after(ear.close)
    assert.equal(ear.response.headers['content-type'], 'text/event-stream; charset=utf-8')
    assert.equal(ear.response.headers['cache-control'], 'no-store')
    assert.match(String(ear.response.headers['content-security-policy']), /default-src 'none'/)
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
    const text = await ear.until('"value":22')
    const blocks = text.split('\n\n').filter((block) => block.startsWith('event:'))
    const events = blocks.map((block) => {
      const [event = '', data = '', ...more] = block.split('\n')
      assert.deepEqual(more, [])
      return [event.slice('event: '.length), JSON.parse(data.slice('data: '.length))]
    })
    const { now } = page.clock
    assert.deepEqual(events[0], ['reading', { room: 'kitchen', quantity: 'temperature', value: 21.5, time: now, device: 'pi-1' }])
    assert.deepEqual(events[1], ['status', { room: 'kitchen', device: 'pi-1', status: 'offline' }])
    assert.deepEqual(events[2], ['alert', (await page.ask(`/api/alerts`)).json[0]])
    assert.deepEqual(events[3], ['notification', (await page.ask('/api/notifications')).json[0]])
    assert.deepEqual(events[4]?.[1].value, 22)
    assert.equal(events.length, 5)
  })

  it('tells everybody who listens the same, and lets go of who leaves', async () => {
    const ears = await Promise.all([listen(page.url), listen(page.url), listen(page.url)])
    assert.equal(await listeners(), 3)
    reading(31)
    for (const ear of ears) await ear.until('"value":31')
    for (const ear of ears) ear.close()
    while ((await listeners()) > 0) await turn()
  })

  it('cuts off who does not read what it asked for, while others hear everything', async (t) => {
    const ear = await listen(page.url)
    t.after(ear.close)
    const sleeper = connect(Number(new URL(page.url).port), '127.0.0.1')
    t.after(() => sleeper.destroy())
    sleeper.on('error', () => {})
    sleeper.pause()
    sleeper.write('GET /api/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
    while ((await listeners()) < 2) await turn()
    const room = 'r'.repeat(64)
    let last = 0
    for (let told = 0; (await listeners()) === 2; told += 1000) {
      assert.ok(told < 1_000_000, 'the sleeper is still there')
      for (let i = 0; i < 1000; i++) reading(++last, room)
      await ear.until(`"value":${last},`)
    }
    assert.equal(await listeners(), 1)
    reading(0.25)
    const heard = await ear.until('"value":0.25')
    assert.equal(heard.split('event: reading').length - 1, last + 1)
  })

  it('refuses more than a hundred at once', async (t) => {
    const ears = await Promise.all(Array.from({ length: 100 }, () => listen(page.url)))
    t.after(() => {
      for (const ear of ears) ear.close()
    })
    const answer = await page.ask('/api/events')
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers['retry-after']) > 0)
  })

  it('ends with the session', async (t) => {
    const locked = await startPage({ DASHBOARD_PASSWORD: 'x' })
    t.after(() => locked.close())
    const cookie = await locked.login('x')
    const ear = await listen(locked.url, '/api/events', { cookie })
    const other = await listen(locked.url, '/api/events', { cookie: await locked.login('x') })
    await locked.ask('/api/session', { method: 'DELETE', headers: { cookie } })
    await ear.over
    locked.liveState.emit({ type: 'status', data: { room: 'a', device: null, status: 'online' } })
    await other.until('online')
  })

  it('ends at once when the monitor stops', async () => {
    const short = await startPage()
    const ear = await listen(short.url)
    await Promise.all([short.close(), ear.over])
  })
})

describe('The live stream', () => {
  it('costs nothing while nobody listens, writes each event once for all, and gives a sign of life', async (t) => {
    const liveState = createLiveState(Date.now)
    let written = 0
    let mayListen = true
    const live = createLive({
      liveState,
      heartbeat: 20,
      write() {
        written += 1
        return `data: ${written}\n\n`
      },
    })
    const server = createServer((_, response) => live.add(response, () => mayListen)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const status = { type: 'status', data: { room: 'a', device: null, status: 'online' } } as const

    liveState.emit(status)
    assert.equal(written, 0)
    const ears = [await listen(url, '/'), await listen(url, '/')]
    for (const ear of ears) await ear.until(':\n\n')
    liveState.emit(status)
    for (const ear of ears) await ear.until('data: 1')
    assert.equal(written, 1)

    mayListen = false
    for (const ear of ears) await ear.over
    assert.equal(live.size, 0)
    liveState.emit(status)
    assert.equal(written, 1)
  })
})
