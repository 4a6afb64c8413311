import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { minute } from '@hearthwatch/protocol/durations'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'

describe('An answer of the API', () => {
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

  it('an answer is compressed with brotli or gzip if the client accepts it', async () => {
    const plain = await page.ask(path)
    assert.equal(plain.headers['content-encoding'], undefined)
    for (const encoding of ['br', 'gzip']) {
      const packed = await fetch(page.url + path, { headers: { 'accept-encoding': encoding } })
      assert.equal(packed.headers.get('content-encoding'), encoding)
      assert.match(packed.headers.get('vary') ?? '', /accept-encoding/i)
      assert.equal(await packed.text(), plain.text)
    }
  })

  it('short answers and event streams are not compressed', async () => {
    const headers = { 'accept-encoding': 'gzip' }
    assert.equal((await page.ask('/api/health', { headers })).headers['content-encoding'], undefined)
    const events = await fetch(`${page.url}/api/events`, { headers })
    assert.equal(events.headers.get('content-encoding'), null)
    await events.body?.cancel()
  })

  it('an answer that the client has already is a 304', async () => {
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

  it('an answer with readings may be cached and must be revalidated', async () => {
    assert.equal((await page.ask(path)).headers['cache-control'], 'private, no-cache')
  })

  it('an error has no ETag', async () => {
    const wrong = await page.ask('/api/readings', { headers: { 'if-none-match': '*' } })
    assert.deepEqual([wrong.status, wrong.headers.etag], [400, undefined])
  })
})
