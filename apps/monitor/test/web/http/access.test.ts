import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { day } from '@hearthwatch/protocol/durations'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Page, send, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { createThrottle } from '../../../web/http/throttle.ts'

const password = 'correct horse, 正確的馬'
const token = 'a-token-for-programs'
const secret = ['/api/rooms', '/api/readings?room=a&quantity=b', '/api/devices', '/api/alerts', '/api/notifications', '/api/summary']
const others = ['/api/events', '/metrics', '/api/openapi.json', '/nowhere', '/api/nowhere']

describe('Access with a password', () => {
  let page: Page
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: password, API_TOKEN: token })
  })
  after(() => page.close())

  it('every route but the open ones is refused without a login', async () => {
    for (const path of [...secret, ...others]) {
      const answer = await page.ask(path)
      assert.equal(answer.status, 401, path)
      assert.deepEqual(Object.keys(answer.json), ['error'], path)
    }
    for (const method of ['POST', 'PUT', 'DELETE']) {
      assert.equal((await page.ask('/api/alerts/1/acknowledge', { method })).status, 401, method)
      assert.equal((await page.ask('/api/rooms', { method })).status, 401, method)
    }
  })

  it('health, page and session state need no login', async () => {
    for (const path of ['/api/health', '/', '/icon.svg']) assert.equal((await page.ask(path)).status, 200, path)
    assert.deepEqual((await page.ask('/api/session')).json, {
      authenticated: false,
      login: 'password',
      language: 'en',
      installation: 'clone',
    })
  })

  it('the right password sets a session cookie that is HttpOnly, SameSite and random', async () => {
    const answer = await page.ask('/api/session', { method: 'POST', body: { password } })
    assert.equal(answer.status, 204)
    assert.equal(answer.text, '')
    const [cookie = '', ...more] = answer.headers['set-cookie'] ?? []
    assert.equal(more.length, 0)
    const [pair = '', ...flags] = cookie.split('; ')
    assert.match(pair, /^hearthwatch=[\w-]{43}$/)
    assert.deepEqual(flags.sort(), ['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Strict'])
    for (const path of secret) assert.equal((await page.ask(path, { headers: { cookie: pair } })).status, 200, path)
    assert.equal((await page.ask('/api/session', { headers: { cookie: pair } })).json.authenticated, true)
  })

  it('the cookie is Secure if the page was opened by HTTPS, also if the proxy does not say so', async () => {
    const headers = { origin: 'https://hearth.lan', 'sec-fetch-site': 'same-origin' }
    const answer = await page.ask('/api/session', { method: 'POST', body: { password }, headers })
    assert.match(answer.headers['set-cookie']?.[0] ?? '', /; Secure/)
  })

  it('the cookie is Secure if a proxy on this machine reports HTTPS', async () => {
    const flags = async (url: string, headers: Record<string, string>) =>
      (await send(url, '/api/session', { method: 'POST', body: { password }, headers })).headers['set-cookie']?.[0] ?? ''
    assert.match(await flags(page.url, { 'x-forwarded-proto': 'https' }), /; Secure/)
    assert.doesNotMatch(await flags(page.url, { 'x-forwarded-proto': 'http' }), /Secure/)
  })

  it('sessions are stored as hashes only', async () => {
    const cookie = await page.login(password)
    const value = cookie.slice('hearthwatch='.length)
    assert.equal(page.store.sessions.isValid(Buffer.from(value), page.clock.now), false)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie } })).status, 200)
  })

  it('the password is stored as a salted scrypt hash only', async (t) => {
    const other = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => other.close())
    const kept = page.store.passwords.get('owner')
    assert.ok(kept)
    assert.deepEqual(scryptSync(password, kept.salt, 32, { N: 2 ** 14, r: 8, p: 1 }), kept.hash)
    assert.notDeepEqual(other.store.passwords.get('owner'), kept, 'the same password has another hash elsewhere')
  })

  it('the readers’ password opens the page for reading, and changes nothing', async (t) => {
    const other = await startPage({ DASHBOARD_PASSWORD: password, READER_PASSWORD: 'for the family', API_TOKEN: token })
    t.after(() => other.close())
    const headers = { cookie: await other.login('for the family') }
    for (const path of secret) assert.equal((await other.ask(path, { headers })).status, 200, path)
    const { authenticated, reader } = (await other.ask('/api/session', { headers })).json
    assert.deepEqual([authenticated, reader], [true, true])
    const rule = { condition: 'above', quantity: 'temperature', limit: 20 }
    for (const [method, path] of [
      ['PUT', '/api/rules/mine'],
      ['POST', '/api/alerts/1/acknowledge'],
      ['POST', '/api/sensors'],
      ['DELETE', '/api/rooms/kitchen'],
    ] as const)
      assert.equal((await other.ask(path, { method, headers, body: method === 'DELETE' ? undefined : rule })).status, 403, path)
    assert.equal((await other.ask('/api/rules/test', { method: 'POST', headers, body: { rule } })).status, 200)
    assert.equal((await other.ask('/api/session', { method: 'DELETE', headers })).status, 204)
    assert.equal((await other.ask('/api/rooms', { headers })).status, 401)
    const owner = { cookie: await other.login(password) }
    assert.equal((await other.ask('/api/session', { headers: owner })).json.reader, undefined)
    assert.equal((await other.ask('/api/rules/mine', { method: 'PUT', headers: owner, body: rule })).status, 200)
  })

  it('each login creates a new session, never accepts a given cookie and ends the previous session', async () => {
    const planted = `hearthwatch=${'A'.repeat(43)}`
    const first = await page.login(password, { cookie: planted })
    assert.notEqual(first, planted)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie: planted } })).status, 401)
    const second = await page.login(password, { cookie: first })
    assert.notEqual(second, first)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie: first } })).status, 401)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie: second } })).status, 200)
  })

  it('a logout ends the session and clears the cookie', async () => {
    const cookie = await page.login(password)
    const answer = await page.ask('/api/session', { method: 'DELETE', headers: { cookie } })
    assert.equal(answer.status, 204)
    assert.match(answer.headers['set-cookie']?.[0] ?? '', /^hearthwatch=; Max-Age=0/)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie } })).status, 401)
    assert.equal((await page.ask('/api/session', { method: 'DELETE' })).status, 204)
  })

  it('the password is accepted in each spelling of Unicode', async (t) => {
    const [composed, decomposed] = ['Schl\u00fcssel', 'Schlu\u0308ssel'] as const
    for (const [set, typed] of [
      [composed, decomposed],
      [decomposed, composed],
    ] as const) {
      const other = await startPage({ DASHBOARD_PASSWORD: set })
      t.after(() => other.close())
      assert.ok(await other.login(typed))
    }
  })

  it('a session ends after 30 days', async (t) => {
    const other = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => other.close())
    const cookie = await other.login(password)
    other.clock.now += 30 * day - 1
    assert.equal((await other.ask('/api/rooms', { headers: { cookie } })).status, 200)
    other.clock.now += 1
    assert.equal((await other.ask('/api/rooms', { headers: { cookie } })).status, 401)
  })

  it('programs log in with the exact token only', async () => {
    const ask = (authorization: string) => page.ask('/api/rooms', { headers: { authorization } })
    assert.equal((await ask(`Bearer ${token}`)).status, 200)
    assert.equal((await ask(`bearer ${token}`)).status, 200)
    for (const wrong of [
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      'Bearer ',
      'Bearer',
      token,
      `Basic ${btoa(`a:${token}`)}`,
      'Bearer correct horse',
    ]) {
      assert.equal((await ask(wrong)).status, 401, wrong)
    }
  })

  it('a wrong password gets 401 and no cookie', async () => {
    for (const wrong of ['', 'x', `${password} `, 'x'.repeat(1024)]) {
      const answer = await page.ask('/api/session', { method: 'POST', body: { password: wrong } })
      assert.equal(answer.status, 401, wrong)
      assert.equal(answer.headers['set-cookie'], undefined)
    }
    for (const body of [{}, { password: 5 }, { password: null }, [], 'null', { password: 'x'.repeat(1025) }]) {
      const answer = await page.ask('/api/session', { method: 'POST', body })
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.match(answer.json.error, /password|the body/)
    }
  })
})

describe('Guessing passwords and tokens', () => {
  it('ten wrong passwords from one address block it with 429 for a minute, even for the right password', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    const from = (address: string, guess: string) =>
      page.ask('/api/session', { method: 'POST', body: { password: guess }, headers: { 'x-forwarded-for': address } })
    for (let i = 0; i < 10; i++) assert.equal((await from('192.0.2.1', 'wrong')).status, 401)
    page.clock.now += 20_000
    const refused = await from('192.0.2.1', password)
    assert.equal(refused.status, 429)
    assert.equal(refused.headers['retry-after'], '40')
    assert.equal((await from('192.0.2.2', password)).status, 204, 'others are not shut out')
    page.clock.now += 40_000
    assert.equal((await from('192.0.2.1', password)).status, 204)
  })

  it('a refused login is one line with the address of the visitor, without what was typed', async (t) => {
    const lines: string[] = []
    const page = await startPage(
      { DASHBOARD_PASSWORD: password, API_TOKEN: 'for programs' },
      {},
      createLog('page', 'info', (line) => lines.push(line)),
    )
    t.after(() => page.close())
    const from = { 'x-forwarded-for': '192.0.2.1' }
    await page.ask('/api/session', { method: 'POST', body: { password: 'hunter2' }, headers: from })
    await page.ask('/api/rooms', { headers: { ...from, authorization: 'Bearer hunter2' } })
    await page.ask('/api/rooms', { headers: from })
    const refused = lines.filter((line) => line.includes('a login was refused'))
    assert.match(refused[0] ?? '', /WARN +page: a login was refused address=192\.0\.2\.1 why="?wrong password/)
    assert.match(refused[1] ?? '', /why="?wrong token/)
    assert.equal(refused.length, 2)
    assert.doesNotMatch(lines.join(''), /hunter2/)
  })

  it('simultaneous wrong passwords are limited like successive ones', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    const tries = Array.from({ length: 30 }, () => page.ask('/api/session', { method: 'POST', body: { password: 'wrong' } }))
    const found = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(found.filter((status) => status === 401).length, 10)
    assert.equal(found.filter((status) => status === 429).length, 20)
  })

  it('frequent successful logins are never refused', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    for (let i = 0; i < 15; i++) assert.notEqual(await page.login(password), '')
  })

  it('wrong passwords from many addresses are limited together', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    const from = (address: string, guess: string) =>
      page.ask('/api/session', { method: 'POST', body: { password: guess }, headers: { 'x-forwarded-for': address } })
    const tries = await Promise.all(Array.from({ length: 100 }, (_, i) => from(`192.0.2.${i}`, 'wrong')))
    assert.ok(tries.every(({ status }) => status === 401))
    assert.equal((await from('198.51.100.1', password)).status, 429)
  })

  it('wrong tokens are limited, while sessions keep working', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password, API_TOKEN: token })
    t.after(() => page.close())
    const cookie = await page.login(password)
    for (let i = 0; i < 10; i++) await page.ask('/api/rooms', { headers: { authorization: `Bearer ${i}` } })
    assert.equal((await page.ask('/api/rooms', { headers: { authorization: `Bearer ${token}` } })).status, 429)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie } })).status, 200)
  })

  it('wrong passwords of strangers do not block an address that has logged in before', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    const from = (address: string, guess: string) =>
      page.ask('/api/session', { method: 'POST', body: { password: guess }, headers: { 'x-forwarded-for': address } })
    assert.equal((await from('203.0.113.7', password)).status, 204)
    await Promise.all(Array.from({ length: 100 }, (_, i) => from(`192.0.2.${i}`, 'wrong')))
    assert.equal((await from('198.51.100.1', password)).status, 429)
    assert.equal((await from('203.0.113.7', password)).status, 204)
  })

  it('all addresses of an IPv6 network count as one', () => {
    const throttle = createThrottle({ perAddress: 2, overall: 100, window: 1000 })
    for (const address of ['2001:db8:1:2::1', '2001:db8:1:2:ffff::']) throttle.fail(address, 1000)
    assert.equal(throttle.wait('2001:db8:1:2:3:4:5:6', 1000), 1000)
    assert.equal(throttle.wait('2001:db8:1:3::1', 1000), 0)
    for (const address of ['::ffff:192.0.2.1', '::ffff:192.0.2.1']) throttle.fail(address, 1000)
    assert.equal(throttle.wait('::ffff:192.0.2.2', 1000), 0)
  })

  it('only a trusted proxy may state the address of a visitor', async (t) => {
    const page = await startPage({ DASHBOARD_PASSWORD: password, TRUST_PROXY: '172.16.0.0/12, 10.0.0.1' })
    t.after(() => page.close())
    const from = (address: string, guess: string) =>
      page.ask('/api/session', { method: 'POST', body: { password: guess }, headers: { 'x-forwarded-for': address } })
    for (let i = 0; i < 10; i++) await from(`192.0.2.${i}`, 'wrong')
    assert.equal((await from('198.51.100.1', password)).status, 429)
  })

  it('a clock that is set back does not extend the wait', () => {
    const throttle = createThrottle({ perAddress: 1, overall: 5, window: 1000 })
    throttle.fail('a', 1_000_000)
    assert.equal(throttle.wait('a', 1_000_400), 600)
    assert.equal(throttle.wait('a', 5), 0)
  })
})

describe('A session', () => {
  it('a session survives a restart of the monitor and ends with a new password', async (t) => {
    const house = await startTestMonitor({ DASHBOARD_PASSWORD: password })
    t.after(() => house.close())
    const ask = (cookie: string) => send(house.url, '/api/rooms', { headers: { cookie } })
    const login = await send(house.url, '/api/session', { method: 'POST', body: { password } })
    const cookie = login.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    await house.restart()
    assert.equal((await ask(cookie)).status, 200)
    house.config.DASHBOARD_PASSWORD = 'another one'
    await house.restart()
    assert.equal((await ask(cookie)).status, 401)
    house.config.DASHBOARD_PASSWORD = password
    await house.restart()
    assert.equal((await ask(cookie)).status, 401, 'it does not come back with the old password')
  })
})
