import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, before, describe, it } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { type Page, send, startPage } from '@hearthwatch/testhouse/monitor/page-server'

const password = 'correct horse, 正確的馬'
const token = 'a-token-for-programs'

describe('A request from another site with the session cookie', () => {
  let page: Page
  let cookie: string
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: password, PUBLIC_URL: 'https://home.example/watch' })
    cookie = await page.login(password)
  })
  after(() => page.close())

  it('a request with a foreign Origin is refused', async () => {
    const alert = page.addAlert({})
    const acknowledge = (headers: Record<string, string>) =>
      page.ask(`/api/alerts/${alert.id}/acknowledge`, { method: 'POST', headers: { cookie, ...headers } })
    for (const origin of ['http://evil.example', 'null', `${page.url}.evil.example`, 'http://127.0.0.1:1', '']) {
      assert.equal((await acknowledge({ origin })).status, 403, origin)
    }
    assert.equal(
      (await page.ask('/api/session', { method: 'POST', body: { password }, headers: { origin: 'http://evil.example' } })).status,
      403,
    )
    assert.equal((await page.ask('/api/session', { method: 'DELETE', headers: { cookie, origin: 'http://evil.example' } })).status, 403)
    assert.equal((await acknowledge({ origin: page.url })).status, 200)
    assert.equal((await acknowledge({ origin: 'https://home.example' })).status, 200, 'PUBLIC_URL is our own, whatever Host a proxy sends')
    assert.equal((await acknowledge({})).status, 200, 'programs send no Origin')
  })

  it('a request that the browser marks as cross-site is refused', async () => {
    const login = async (site: string) =>
      (await page.ask('/api/session', { method: 'POST', body: { password }, headers: { 'sec-fetch-site': site } })).status
    assert.equal(await login('cross-site'), 403)
    assert.equal(await login('same-site'), 403, 'a neighbour under the same domain is another page, too')
    assert.equal(await login('same-origin'), 204)
  })

  it('a login behind a proxy that changes the host is accepted if the browser marks it as same-origin', async () => {
    const login = (headers: Record<string, string>) =>
      page.ask('/api/session', {
        method: 'POST',
        body: { password },
        headers: { origin: 'https://hearth.lan', host: 'upstream:8080', ...headers },
      })
    assert.equal((await login({ 'sec-fetch-site': 'same-origin' })).status, 204)
    const refused = await login({})
    assert.equal(refused.status, 403)
    assert.match(refused.json.error, /PUBLIC_URL/)
  })

  it('a body that a form can send is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx']) {
      const body = JSON.stringify({ password })
      const answer = await page.ask('/api/session', { method: 'POST', body, headers: { 'content-type': type } })
      assert.equal(answer.status, 415, type)
    }
    assert.equal(
      (
        await page.ask('/api/session', {
          method: 'POST',
          body: { password },
          headers: { 'content-type': 'application/json; charset=utf-8' },
        })
      ).status,
      204,
    )
  })

  it('a CORS preflight grants nothing', async () => {
    const answer = await page.ask('/api/session', { method: 'OPTIONS', headers: { origin: 'http://evil.example' } })
    assert.notEqual(answer.status, 204)
    assert.equal(Object.keys(answer.headers).filter((name) => name.startsWith('access-control')).length, 0)
  })
})

describe('Without a password and a token', () => {
  it('a page of another site cannot call the API, but a link to the page works', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const get = async (path: string, headers: Record<string, string>) => (await page.ask(path, { headers })).status
    for (const site of ['cross-site', 'same-site'])
      for (const path of ['/api/rooms', '/api/events', '/metrics'])
        assert.equal(await get(path, { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }), 403)
    assert.notEqual(await get('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), 403)
    assert.equal(await get('/api/rooms', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }), 200)
    assert.equal(await get('/api/rooms', {}), 200)
  })

  it('the page listens on loopback only, whatever HTTP_HOST is, and logs it', async (t) => {
    let said = ''
    const log = createLog('web', 'info', (line) => {
      said += line
    })
    const page = await startPage({ HTTP_HOST: '0.0.0.0' }, {}, log)
    t.after(() => page.close())
    assert.match(said, /WARN.*this machine only.*0\.0\.0\.0/)
    assert.equal((await page.ask('/api/rooms')).status, 200)
    await assert.rejects(send(page.url.replace('127.0.0.1', '127.0.0.2'), '/api/rooms'))
  })

  it('everyone on this machine has access, and a login does no harm', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    assert.deepEqual((await page.ask('/api/session')).json, { authenticated: true, login: 'none', language: 'en', installation: 'clone' })
    const noticed = await startPage({ PAGE_NOTICE: '示範' })
    t.after(() => noticed.close())
    assert.equal((await noticed.ask('/api/session')).json.notice, '示範')
    assert.equal((await page.ask('/api/session', { method: 'POST', body: { password: 'x' } })).status, 204)
  })

  it('a foreign host name that points to this machine is refused, whatever it forwards', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const port = new URL(page.url).port
    const ask = (host: string) => page.ask('/api/rooms', { headers: { host, 'x-forwarded-host': 'localhost' } })
    for (const host of [`evil.example:${port}`, `127.0.0.1.evil.example:${port}`, 'localhost.evil.example', '192.168.0.5', 'a b']) {
      assert.equal((await ask(host)).status, 403, host)
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST', `monitor.localhost:${port}`]) {
      assert.equal((await ask(host)).status, 200, host)
    }
  })
})

describe('With a token only', () => {
  it('the session tells the page that only programs can log in, and they can', async (t) => {
    const page = await startPage({ API_TOKEN: token })
    t.after(() => page.close())
    assert.deepEqual((await page.ask('/api/session')).json, { authenticated: false, login: 'token', language: 'en', installation: 'clone' })
    const login = await page.ask('/api/session', { method: 'POST', body: { password: token } })
    assert.equal(login.status, 403)
    assert.match(login.json.error, /No password is set/)
    assert.equal((await page.ask('/api/rooms')).status, 401)
    assert.equal((await page.ask('/api/rooms', { headers: { authorization: `Bearer ${token}` } })).status, 200)
  })
})

const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address

describe('A client in the network', { skip: outside === undefined && 'this machine has no address but loopback' }, () => {
  it('a client in the network cannot forge its address or protocol', async (t) => {
    const page = await startPage({ HTTP_HOST: '0.0.0.0', DASHBOARD_PASSWORD: password })
    t.after(() => page.close())
    const url = page.url.replace('127.0.0.1', outside ?? '')
    const login = (guess: string, headers: Record<string, string>) =>
      send(url, '/api/session', { method: 'POST', body: { password: guess }, headers })
    const answer = await login(password, { 'x-forwarded-proto': 'https' })
    assert.equal(answer.status, 204)
    assert.doesNotMatch(answer.headers['set-cookie']?.[0] ?? '', /Secure/)
    for (let i = 0; i < 10; i++) await login('wrong', { 'x-forwarded-for': `192.0.2.${i}` })
    assert.equal((await login(password, { 'x-forwarded-for': '198.51.100.1' })).status, 429)
  })
})
