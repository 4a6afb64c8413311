import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { week } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { acknowledgeLinks } from '../../../notify/acknowledge-link.ts'
import type { Alert } from '../../../rules/alert.ts'

describe('The link in a message', () => {
  let page: Page
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: 'let me in' })
  })
  after(() => page.close())

  /** Adds a message with these alerts. @returns the path of its link */
  function message(...alerts: Alert[]): string {
    const id = randomUUID()
    const { notifications, secrets } = page.store
    for (const alert of alerts) {
      const content = { kind: 'alert', transition: 'firing', alert, at: page.clock.now } as const
      const event = `${id}/${alert.id}`
      notifications.add({ event, channel: 'mail', recipient: 'ann', severity: 'critical', content, created: page.clock.now })
    }
    const added = notifications.list(alerts.length).map((row) => row.id)
    notifications.claim(added, id, 'subject', page.clock.now)
    return `/a/${acknowledgeLinks(secrets.key('acknowledge')).token(id, page.clock.now)}`
  }
  const acknowledged = (alert: Alert) => page.store.alerts.get(alert.id)?.acknowledged ?? null
  const post = (path: string, headers: Record<string, string> = {}) => page.ask(path, { method: 'POST', headers })

  it('opening the link shows its alerts without a login and changes nothing', async () => {
    const alert = page.addAlert({ room: 'attic' })
    const path = message(alert)
    for (const method of ['GET', 'HEAD', 'GET']) assert.equal((await page.ask(path, { method })).status, 200)
    const { text, headers } = await page.ask(path)
    assert.match(text, /Acknowledge this alert\?/)
    assert.match(text, /attic 31\.5 °C: too hot/)
    assert.match(text, /<form method="post"><button>/)
    assert.match(headers['content-type'] ?? '', /^text\/html/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(acknowledged(alert), null)
  })

  it('a POST to the link acknowledges all alerts of its message, from a form, a program or another site', async () => {
    const ways: Record<string, string>[] = [
      { 'content-type': 'application/x-www-form-urlencoded' },
      {},
      { 'content-type': 'text/plain;charset=UTF-8' },
      { origin: 'https://ntfy.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]
    for (const headers of ways) {
      const alerts = [page.addAlert({ room: 'attic' }), page.addAlert({ room: 'loft' })]
      const { status, text, headers: answered } = await post(message(...alerts), headers)
      assert.equal(status, 200, JSON.stringify(headers))
      assert.equal(answered['access-control-allow-origin'], '*')
      assert.match(text, /Acknowledged/)
      assert.deepEqual(alerts.map(acknowledged), [page.clock.now, page.clock.now])
    }
    const other = page.addAlert({ room: 'cellar' })
    await post(message(page.addAlert({ room: 'attic' })))
    assert.equal(acknowledged(other), null, 'and nothing else')
  })

  it('the link says if no alert is open', async () => {
    const alert = page.addAlert({ room: 'attic' })
    const path = message(alert)
    await post(path)
    for (const method of ['GET', 'POST']) assert.match((await page.ask(path, { method })).text, /No open alert/)
    const gone = page.addAlert({ state: 'resolved', resolved: page.clock.now })
    assert.match((await page.ask(message(gone))).text, /No open alert/)
  })

  it('the link expires after a week', async () => {
    const alert = page.addAlert({ room: 'attic' })
    const path = message(alert)
    const then = page.clock.now
    page.clock.now += week
    const answer = await post(path)
    page.clock.now = then
    assert.equal(answer.status, 410)
    assert.match(answer.text, /has expired/)
    assert.equal(acknowledged(alert), null)
  })

  it('a wrong link acknowledges nothing, and many wrong links are limited', async () => {
    const alert = page.addAlert({ room: 'attic' })
    const path = message(alert)
    const forged = `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`
    for (let i = 0; i < 20; i++) {
      const { status, text } = await post(i % 2 === 0 ? forged : '/a/x')
      assert.equal(status, 404)
      assert.match(text, /This link is invalid/)
    }
    const { status, headers } = await post(forged)
    assert.deepEqual([status, headers['retry-after']], [429, '60'])
    assert.equal(acknowledged(alert), null)
    assert.equal((await post(path)).status, 200, 'a right one is not shut out by others')
    assert.equal(acknowledged(alert), page.clock.now)
    page.clock.now += 61_000
    assert.equal((await post(forged)).status, 404)
  })

  it('the page of the link shows foreign names as text, without scripts and frames', async () => {
    const { text, headers } = await page.ask(message(page.addAlert({ room: '<script>alert(1)</script>"&' })))
    assert.ok(text.includes('<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp; 31.5 °C: too hot</bdi>'))
    assert.doesNotMatch(text, /<script/)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/)
  })

  it('a form is refused by every other route', async () => {
    const cookie = await page.login('let me in')
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
    const { status } = await page.ask('/api/silences', { method: 'POST', headers, body: 'a=b' })
    assert.equal(status, 415)
    assert.equal((await page.ask('/a/x', { method: 'PUT', headers: { cookie } })).status, 405)
  })

  it('the page of the link is in UI_LANGUAGE', async (t) => {
    const house = await startPage({ UI_LANGUAGE: 'zh-TW' })
    t.after(() => house.close())
    const { text } = await house.ask('/a/x')
    assert.match(text, /這個連結不正確/)
    assert.match(text, /<html lang="zh-TW">/)
  })
})
