import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import { freePort } from '@hearthwatch/testhouse/ports'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

describe('examples/caddy/Caddyfile', need('caddy'), () => {
  let house: TestMonitor
  let caddy: ChildProcess
  let dir: string
  let port: number
  before(async () => {
    house = await startTestMonitor({ DASHBOARD_PASSWORD: 'open sesame' })
    dir = await mkdtemp(join(tmpdir(), 'caddy-'))
    port = await freePort()
    const example = await readFile(join(import.meta.dirname, '../../examples/caddy/Caddyfile'), 'utf8')
    // The name and the port of the example, and what a test must leave alone on its machine: port 80, 2019, trusted authorities.
    const site = example.replace('hub.home.example {', `https://localhost:${port} {`).replace('127.0.0.1:8080', new URL(house.url).host)
    await writeFile(join(dir, 'Caddyfile'), `{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n${site}`)
    const env = { ...process.env, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }
    caddy = spawn('caddy', ['run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'], { env, stdio: 'ignore' })
    await eventually(() => ask('GET', '/api/health').catch(() => null))
  })
  after(async () => {
    const ended = once(caddy, 'exit')
    caddy.kill()
    await ended
    await house.close()
    await rm(dir, { recursive: true })
  })

  function ask(method: string, path: string, { body, cookie }: { body?: object; cookie?: string } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        origin: `https://localhost:${port}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(cookie !== undefined && { cookie }),
      }
      // Caddy's own authority has just been made.
      const asked = request({ host: 'localhost', port, method, path, headers, rejectUnauthorized: false, agent: false }, (response) => {
        let text = ''
        const answer = () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
        response.on('data', (chunk) => {
          text += chunk
          // Live events have no end.
          if (path === '/api/events' && text.includes('event: reading')) {
            response.destroy()
            answer()
          }
        })
        response.on('end', answer)
      })
      asked.on('error', reject)
      asked.end(body && JSON.stringify(body))
    })
  }
  let cookie = ''

  it('serves the page with a login whose cookie is for HTTPS alone', async () => {
    assert.equal((await ask('GET', '/api/rooms')).status, 401)
    const login = await ask('POST', '/api/session', { body: { password: 'open sesame' } })
    assert.ok(login.status < 300, login.body)
    const [set = ''] = [login.headers['set-cookie'] ?? []].flat()
    assert.match(set, /; Secure/)
    cookie = set.split(';')[0] ?? ''
    assert.equal((await ask('GET', '/api/rooms', { cookie })).status, 200)
    assert.match(String((await ask('GET', '/')).headers['strict-transport-security']), /max-age=31536000/)
  })

  it('passes live events on at once, and changes made on the page', async () => {
    const events = ask('GET', '/api/events', { cookie })
    const client = await house.client()
    const sending = setInterval(() => client.publish('home/kitchen/temperature', '21.5'), 200)
    assert.match((await events).body, /event: reading[\s\S]*kitchen/)
    clearInterval(sending)
    const silence = await ask('POST', '/api/silences', { body: { room: 'kitchen', until: Date.now() + 3_600_000 }, cookie })
    assert.ok(silence.status < 300, silence.body)
  })

  it('tells the monitor the address of the visitor, so that wrong passwords lock out one visitor alone', async () => {
    for (let i = 0; i < 10; i++) await ask('POST', '/api/session', { body: { password: 'wrong' } })
    assert.equal((await ask('POST', '/api/session', { body: { password: 'open sesame' } })).status, 429)
    // Another address, of this machine itself.
    const direct = await fetch(`${house.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.7' },
      body: JSON.stringify({ password: 'open sesame' }),
    })
    assert.ok(direct.ok)
  })
})
