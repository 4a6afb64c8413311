import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/page-server'

describe('An answer', () => {
  let page: Page
  before(async () => {
    page = await startPage()
    page.addReadings(
      'kitchen',
      Array.from({ length: 400 }, (_, i) => [page.clock.now - i * minute, i] as const),
    )
  })
  after(() => page.close())
  const path = '/api/readings?room=kitchen&quantity=temperature'

  it('travels as brotli or gzip where that is taken, and is the same', async () => {
    const plain = await page.ask(path)
    assert.equal(plain.headers['content-encoding'], undefined)
    for (const encoding of ['br', 'gzip']) {
      const packed = await fetch(page.url + path, { headers: { 'accept-encoding': encoding } })
      assert.equal(packed.headers.get('content-encoding'), encoding)
      assert.match(packed.headers.get('vary') ?? '', /accept-encoding/i)
      assert.equal(await packed.text(), plain.text)
    }
  })

  it('that is short is not compressed, nor is the stream of events', async () => {
    const headers = { 'accept-encoding': 'gzip' }
    assert.equal((await page.ask('/api/health', { headers })).headers['content-encoding'], undefined)
    const events = await fetch(`${page.url}/api/events`, { headers })
    assert.equal(events.headers.get('content-encoding'), null)
    await events.body?.cancel()
  })

  it('that the client has already is not sent again', async () => {
    const { headers } = await page.ask(path)
    const tag = headers.etag ?? ''
    assert.match(tag, /^W\/"/)
    for (const known of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const again = await page.ask(path, { headers: { 'if-none-match': known } })
      assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', tag], known)
    }
    page.addReadings('kitchen', [[page.clock.now + 1, 99]])
    const changed = await page.ask(path, { headers: { 'if-none-match': tag } })
    assert.equal(changed.status, 200)
    assert.notEqual(changed.headers.etag, tag)
  })

  it('of readings may be kept by a browser that asks again each time', async () => {
    assert.equal((await page.ask(path)).headers['cache-control'], 'private, no-cache')
  })

  it('that says what is wrong has no tag', async () => {
    const wrong = await page.ask('/api/readings', { headers: { 'if-none-match': '*' } })
    assert.deepEqual([wrong.status, wrong.headers.etag], [400, undefined])
  })
})
