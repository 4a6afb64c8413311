import assert from 'node:assert/strict'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createLog } from '@hearthwatch/log'
import { type Page, startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { ListenError } from '../../../web/http/address.ts'

describe('Every answer of the web server', () => {
  let page: Page
  before(async () => {
    page = await startPage()
  })
  after(() => page.close())

  it('errors are {"error":"…"} with the right status', async () => {
    const wrong: [number, string, Parameters<Page['ask']>[1]?][] = [
      [404, '/nowhere'],
      [404, '/api'],
      [405, '/api/rooms/kitchen'],
      [404, '/api/room/kitchen'],
      [400, '/%zz'],
      [400, '/api/alerts/%ff/acknowledge', { method: 'POST' }],
      [405, '/api/rooms', { method: 'POST' }],
      [405, '/api/rooms', { method: 'DELETE' }],
      [405, '/api/alerts/1/acknowledge'],
      [405, '/', { method: 'PUT', body: {} }],
      [413, '/api/session', { method: 'POST', body: { password: 'x'.repeat(5000) } }],
      [415, '/api/session', { method: 'POST', body: 'password=x', headers: { 'content-type': 'text/plain' } }],
      [400, '/api/session', { method: 'POST', body: '{"password":' }],
      [400, '/api/session', { method: 'POST', body: '{"password":"x","__proto__":{"admin":true}}' }],
      [400, '/api/session', { method: 'POST', body: '', headers: { 'content-type': 'application/json' } }],
    ]
    for (const [status, path, question] of wrong) {
      const answer = await page.ask(path, question)
      assert.equal(answer.status, status, path)
      assert.deepEqual(Object.keys(answer.json ?? {}), ['error'], path)
      assert.equal(typeof answer.json.error, 'string')
    }
    assert.equal((await page.ask('/api/rooms', { method: 'POST' })).headers.allow, 'GET, HEAD')
  })

  it('an internal error is a 500 without details, which are logged', async (t) => {
    let said = ''
    const log = createLog('web', 'info', (line) => {
      said += line
    })
    const broken = await startPage(
      {},
      {
        health: () => {
          throw new Error('secret detail')
        },
      },
      log,
    )
    t.after(() => broken.close())
    const answer = await broken.ask('/api/health')
    assert.equal(answer.status, 500)
    assert.doesNotMatch(answer.text, /secret|Error|\.ts/)
    assert.match(said, /ERROR.*GET \/api\/health.*secret detail/)
  })

  it('every answer forbids frames, inline scripts, content sniffing and referrers', async () => {
    for (const path of ['/', '/page.js', '/api/rooms', '/nowhere', '/%zz']) {
      const { headers } = await page.ask(path)
      const policy = String(headers['content-security-policy'])
      assert.match(policy, /default-src 'none'/, path)
      assert.match(policy, /frame-ancestors 'none'/, path)
      assert.doesNotMatch(policy, /unsafe|\*|https?:/, path)
      assert.equal(headers['x-content-type-options'], 'nosniff', path)
      assert.equal(headers['referrer-policy'], 'no-referrer', path)
      assert.equal(headers['x-powered-by'], undefined)
    }
    assert.equal((await page.ask('/api/rooms')).headers['cache-control'], 'no-store')
  })

  it('HEAD answers like GET without the body', async () => {
    const head = await page.ask('/api/rooms', { method: 'HEAD' })
    assert.equal(head.status, 200)
    assert.equal(head.text, '')
  })

  it('a POST without a body may have the content type of JSON', async () => {
    const { id } = page.addAlert({})
    const headers = { 'content-type': 'application/json' }
    assert.equal((await page.ask(`/api/alerts/${id}/acknowledge`, { method: 'POST', body: '', headers })).status, 200)
    assert.equal((await page.ask(`/api/alerts/${id}/acknowledge`, { method: 'POST', body: {} })).status, 200)
  })
})

describe('The files of the page', () => {
  let page: Page
  let built: string[]
  before(async () => {
    page = await startPage({ DASHBOARD_PASSWORD: 'x' })
    built = globSync('**/*.{html,js,css,svg,png,webmanifest}', { cwd: dist })
  })
  after(() => page.close())

  const dist = fileURLToPath(new URL('../../../../dashboard/dist/', import.meta.url))

  it('files of the page are served with their types and revalidated by ETag', async () => {
    const types: Record<string, string> = {
      html: 'text/html',
      js: 'application/javascript',
      css: 'text/css',
      svg: 'image/svg+xml',
      png: 'image/png',
      webmanifest: 'application/manifest+json',
    }
    for (const file of built) {
      const { status, headers } = await page.ask(`/${file}`)
      assert.equal(status, 200, file)
      assert.ok(headers['content-type']?.startsWith(types[file.split('.').at(-1) ?? ''] ?? '?'), `${file}: ${headers['content-type']}`)
      const again = await page.ask(`/${file}`, { headers: { 'if-none-match': headers.etag } })
      assert.equal(again.status, 304, file)
    }
    assert.equal((await page.ask('/')).text, (await page.ask('/index.html')).text)
  })

  it('files with a hash in their names are cached for ever and served compressed', async () => {
    for (const file of built) {
      const { headers } = await page.ask(`/${file}`, { headers: { 'accept-encoding': 'br, gzip' } })
      assert.match(
        headers['cache-control'] ?? '',
        file.startsWith('assets/') ? /^public, max-age=31536000, immutable$/ : /^no-cache$/,
        file,
      )
      if (!file.endsWith('.png')) assert.equal(headers['content-encoding'], 'br', file)
    }
    assert.equal((await page.ask('/', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'], 'gzip')
  })

  it('files of the page refer to no other server', async () => {
    // XML namespaces and addresses in messages for developers are never requested.
    const names = /http:\/\/www\.w3\.org\/[\w/]+/g
    for (const file of built.filter((name) => !name.endsWith('.png'))) {
      assert.doesNotMatch((await page.ask(`/${file}`)).text.replaceAll(names, ''), /https?:\/\/|["'(]\/\/[a-z]+\./, file)
    }
  })

  it('no path leads outside the folder of the page', async () => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '/%2e%2e%2fpackage.json',
      '/..\\package.json',
      '/..%5cpackage.json',
      '/assets/../../package.json',
      '/./../package.json',
      '//etc/passwd',
      '/%00',
      '/index.html%00.js',
      '/....//package.json',
      '/.',
      '/..',
      '/package.json',
      '/files.json',
      '/built-from.txt',
      '/index.html.br',
      '/file:///etc/passwd',
    ]) {
      const { status, text } = await page.ask(path)
      assert.ok([400, 401, 403, 404].includes(status), `${path}: ${status}`)
      assert.doesNotMatch(text, /hearthwatch\/dashboard|root:/, path)
    }
  })
})

describe('The web server', () => {
  it('a port in use is a ListenError that names it', async (t) => {
    const page = await startPage()
    t.after(() => page.close())
    const port = Number(new URL(page.url).port)
    await assert.rejects(startPage({ HTTP_PORT: port }), (error) => {
      assert.ok(error instanceof ListenError)
      assert.match(error.message, new RegExp(`${port}`))
      assert.doesNotMatch(error.message, /\n/)
      return true
    })
    await assert.rejects(startPage({ HTTP_HOST: '192.0.2.1', API_TOKEN: 'x' }), ListenError)
  })

  it('the web server stops at once, even during a request', async () => {
    const page = await startPage()
    const socket = connect(Number(new URL(page.url).port), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    socket.write('POST /api/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
    await page.ask('/api/health')
    const closed = once(socket, 'close')
    await page.close()
    await closed
  })
})
