import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { type Reply, startHttpReceiver } from '@hearthwatch/testhouse/servers/http-receiver'

describe('The search for a newer version', () => {
  /** A page that runs version 1.2.3, and the address that it asks. */
  async function house(t: TestContext, reply: () => Reply) {
    const service = await startHttpReceiver(reply)
    t.after(() => service.close())
    const page = await startPage({ UPDATE_CHECK_URL: `${service.url}/latest` })
    t.after(() => page.close())
    return { service, page, check: () => page.ask('/api/update-check', { method: 'POST' }) }
  }

  it('asks no address without the setting', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    assert.equal((await page.ask('/api/update-check', { method: 'POST' })).status, 404)
    assert.equal((await page.ask('/api/house')).json.updateCheck, false)
  })

  it('asks only on request, and compares numbers, not texts', async (t) => {
    let body: object = { version: '1.2.3' }
    const { service, page, check } = await house(t, () => ({ status: 200, body }))
    assert.equal((await page.ask('/api/house')).json.updateCheck, true)
    assert.equal(service.requests.length, 0)
    assert.deepEqual((await check()).json, { version: '1.2.3', newest: '1.2.3', newer: false })
    for (const [answer, newer] of [
      [{ version: '1.10.0' }, true],
      [{ tag_name: 'v2.0' }, true],
      [{ tag_name: '1.2.2' }, false],
    ] as const) {
      body = answer
      assert.equal((await check()).json.newer, newer, JSON.stringify(answer))
    }
    assert.equal(service.requests.length, 4)
  })

  it('says so if the address answers with anything else', async (t) => {
    let reply: Reply = 'drop'
    const { check } = await house(t, () => reply)
    for (const other of ['drop', 'endless', { status: 404, body: { version: '9.0.0' } }, { status: 200, body: '<html>' }] as Reply[]) {
      reply = other
      assert.equal((await check()).status, 502, JSON.stringify(other))
    }
    for (const version of ['<b>', '1', null, '1.2.3-rc', 7]) {
      reply = { status: 200, body: { version } }
      assert.equal((await check()).status, 502, String(version))
    }
  })
})
