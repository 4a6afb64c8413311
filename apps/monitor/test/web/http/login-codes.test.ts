import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

const password = 'open sesame'

describe('A one-time login for a phone', () => {
  let page: Page
  let cookie = ''
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: password, READER_PASSWORD: 'only reading', API_TOKEN: 'token' })
    cookie = await page.login(password)
  })
  after(() => page.close())
  const make = (headers: Record<string, string>) => page.ask('/api/session/codes', { method: 'POST', headers })
  const use = (code: string) => page.ask('/api/session', { method: 'POST', body: { code } })

  it('is made by a person with the password alone', async () => {
    assert.equal((await make({})).status, 401)
    assert.equal((await make({ authorization: 'Bearer token' })).status, 403)
    assert.equal((await make({ cookie: await page.login('only reading') })).status, 403)
    assert.equal((await make({ cookie })).status, 201)
  })

  it('logs in once', async () => {
    const { code } = (await make({ cookie })).json
    const answer = await use(code)
    assert.equal(answer.status, 204)
    const own = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    assert.equal((await page.ask('/api/rooms', { headers: { cookie: own } })).status, 200)
    assert.equal((await page.ask('/api/rooms', { headers: { cookie } })).status, 200, 'the session that made it goes on')
    assert.equal((await use(code)).status, 401)
  })

  it('is refused after ten minutes, and where it was never made', async () => {
    const { code, expires } = (await make({ cookie })).json
    assert.equal(expires, page.clock.now + 10 * minute)
    page.clock.now += 10 * minute
    assert.equal((await use(code)).status, 401)
    assert.equal((await use('A'.repeat(32))).status, 401)
    assert.equal((await use('A'.repeat(65))).status, 400)
  })

  it('is guessed no more often than the password', async () => {
    page.clock.now += minute
    for (let i = 0; i < 10; i += 1) assert.equal((await use(`guess-${i}`)).status, 401)
    const { code } = (await make({ cookie })).json
    assert.equal((await use(code)).status, 429)
  })
})
