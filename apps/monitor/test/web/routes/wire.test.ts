import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { PacketEvent } from '@hearthwatch/api/packets'
import { follow } from '@hearthwatch/testhouse/monitor/event-stream'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { createPacketTrace } from '../../../intake/packet-trace.ts'

const packet = (topic: string, payload = '25.5') => ({ topic, payload: Buffer.from(payload), qos: 0 as const, retain: false, dup: false })

describe('The packet trace', () => {
  it('a packet without subscribers costs one comparison', () => {
    const wire = createPacketTrace(() => assert.fail('not even the clock is asked'))
    assert.equal(wire.see(packet('home/kitchen/temperature'), false), null)
    wire.send('monitor/status', 'online', { qos: 1, retain: true })
  })

  it('a packet is sent at once with its verdicts so far, and the others after the commit', async () => {
    const wire = createPacketTrace(() => 1000)
    const heard: PacketEvent[] = []
    wire.watch({ wants: () => true, send: (event) => heard.push(event) })
    const kept = Promise.withResolvers<void>()
    const seen = wire.see(packet('home/kitchen/temperature'), false)
    seen?.trace('shown')
    seen?.emit(kept.promise)
    assert.deepEqual(heard, [
      {
        type: 'packet',
        data: {
          id: 1,
          direction: 'in',
          time: 1000,
          topic: 'home/kitchen/temperature',
          payload: '25.5',
          encoding: 'text',
          length: 4,
          unpacked: null,
          cut: false,
          qos: 0,
          retain: false,
          dup: false,
          bytes: 32,
          late: false,
          verdict: ['shown'],
        },
      },
    ])
    seen?.trace('stored')
    seen?.trace('stored')
    kept.resolve()
    await turn()
    assert.deepEqual(heard.slice(1), [{ type: 'verdict', data: { id: 1, verdict: ['shown', 'stored'] } }])
  })

  it('packets beyond the limit per second are counted instead of sent', () => {
    const clock = { now: 0 }
    const wire = createPacketTrace(() => clock.now, 3)
    const heard: PacketEvent[] = []
    const stop = wire.watch({ wants: (topic) => topic === 'a', send: (event) => heard.push(event) })
    const say = (topic: string) => wire.see(packet(topic), false)?.emit(undefined)
    for (let i = 0; i < 10; i++) say('b')
    for (let i = 0; i < 10; i++) say('a')
    assert.equal(heard.length, 3)
    clock.now = 1000
    say('a')
    assert.deepEqual(heard[3], { type: 'dropped', data: { count: 7 } })
    assert.equal(heard.length, 5)
    stop()
    say('a')
    assert.equal(heard.length, 5)
  })

  it('the count of dropped packets is sent even if no packet follows', async () => {
    const wire = createPacketTrace(() => 0, 1)
    const told = new Promise<PacketEvent>((resolve) => {
      wire.watch({ wants: () => true, send: (event) => event.type === 'dropped' && resolve(event) })
    })
    for (let i = 0; i < 3; i++) wire.see(packet('a'), false)?.emit(undefined)
    // The trace's timer does not keep the process alive.
    const alive = setInterval(() => {}, 100)
    assert.deepEqual(await told, { type: 'dropped', data: { count: 2 } })
    clearInterval(alive)
  })
})

describe('GET /api/wire', () => {
  let page: Page
  let wire: ReturnType<typeof createPacketTrace>
  before(async () => {
    wire = createPacketTrace(Date.now)
    page = await startPage({}, { packetTrace: wire })
  })
  after(() => page.close())
  const look = async (t: { after(end: () => void): void }, filter?: string, at = page) => {
    const ear = await follow(at.url, `/api/wire${filter === undefined ? '' : `?filter=${encodeURIComponent(filter)}`}`)
    t.after(ear.close)
    return ear
  }
  const say = (topic: string, payload?: string) => wire.see(packet(topic, payload), false)?.emit(undefined)

  it('packets are filtered by the rules of MQTT', async (t) => {
    const topics = ['home/kitchen/temperature', 'home/客廳/temperature', 'home/kitchen/humidity', 'home', 'device/pi-1/info', '$SYS/uptime']
    const expected: Record<string, number[]> = {
      'home/+/temperature': [0, 1],
      'home/客廳/#': [1],
      'home/#': [0, 1, 2, 3],
      '+/+/+': [0, 1, 2, 4],
      '#': [0, 1, 2, 3, 4],
      '$SYS/#': [5],
    }
    for (const [filter, matched] of Object.entries(expected)) {
      const ear = await look(t, filter)
      for (const topic of [...topics, filter.startsWith('$') ? '$SYS/end' : 'home/客廳/temperature']) say(topic)
      const wanted = [...matched.map((i) => topics[i]), filter.startsWith('$') ? '$SYS/end' : 'home/客廳/temperature']
      await ear.until(() => ear.events.length >= wanted.length)
      assert.deepEqual(
        ear.events.map(({ data }) => data.topic),
        wanted,
        filter,
      )
    }
    const all = await look(t)
    say('anything/at/all')
    assert.equal((await all.until(({ type }) => type === 'packet')).data.topic, 'anything/at/all')
  })

  it('an invalid filter is refused with its reason', async () => {
    const problems: Record<string, RegExp> = {
      '': /not empty/,
      'home/#/temperature': /only at the end/,
      'home+': /home\+: \+ and # stand alone/,
      'home/kit#': /kit#: /,
      'a\u0000': /one line of text/,
    }
    for (const [filter, why] of Object.entries(problems)) {
      const { status, json } = await page.ask(`/api/wire?filter=${encodeURIComponent(filter)}`)
      assert.equal(status, 400, filter)
      assert.match(json.error, why)
    }
    assert.equal((await page.ask(`/api/wire?filter=${'x'.repeat(2000)}`)).status, 400)
  })

  it('a payload with markup and line breaks is one event', async (t) => {
    const ear = await look(t)
    const payload = '<img src=x onerror=alert(1)>\n\nevent: alert\ndata: {}\n\n\u2028'
    say('home/<b>/temperature', payload)
    const { data } = await ear.until(({ type }) => type === 'packet')
    assert.equal(data.payload, payload)
    assert.equal(ear.events.length, 1)
  })

  it('more than ten subscribers are refused, and streams end with the session', async (t) => {
    const locked = await startPage({ DASHBOARD_PASSWORD: 'x' })
    t.after(() => locked.close())
    assert.equal((await locked.ask('/api/wire')).status, 401)
    const cookie = await locked.login('x')
    const ears = await Promise.all(Array.from({ length: 10 }, () => follow(locked.url, '/api/wire', { cookie })))
    const refused = await locked.ask('/api/wire', { headers: { cookie } })
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers['retry-after']) > 0)
    await locked.ask('/api/session', { method: 'DELETE', headers: { cookie } })
    for (const ear of ears) await ear.over
  })

  it('an open stream ends when the monitor stops', async () => {
    const short = await startPage()
    const ear = await follow(short.url, '/api/wire')
    await Promise.all([short.close(), ear.over])
  })
})
