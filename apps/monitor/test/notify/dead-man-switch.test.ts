import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { startDeadManSwitch } from '../../notify/dead-man-switch.ts'

/** A service that receives the calls; its response can be changed at any time. */
async function service(t: TestContext) {
  const calls: string[] = []
  const behaviour = { answer: (_: IncomingMessage, response: ServerResponse): unknown => response.end('OK') }
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`)
    behaviour.answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { calls, behaviour, url: `http://127.0.0.1:${port}/ping/s3cret`, server }
}

function watch(t: TestContext, url: string) {
  const lines: string[] = []
  const state = { problem: null as string | null, now: 0 }
  const log = createLog('watchdog', 'info', (line) => lines.push(line))
  const deadManSwitch = startDeadManSwitch({ url, problem: () => state.problem, now: () => state.now, log, every: 10 })
  t.after(() => deadManSwitch.close())
  return { lines, state, deadManSwitch }
}

describe('The dead man’s switch', () => {
  it('calls PING_URL while the monitor works, and not while it has a problem', async (t) => {
    const { calls, url } = await service(t)
    const { state, lines } = watch(t, url)
    await eventually(() => calls.length >= 3)
    assert.deepEqual([...new Set(calls)], ['GET /ping/s3cret'])
    state.problem = 'no broker'
    await eventually(() => lines.some((line) => line.includes('no broker')))
    const before = calls.length
    const since = performance.now()
    await eventually(() => performance.now() - since > 100)
    assert.ok(calls.length <= before + 1, 'one may have been on its way')
    state.problem = null
    await eventually(() => calls.length > before + 2)
    assert.equal(lines.length, 2)
    assert.match(lines[1] ?? '', /the monitor works again; PING_URL is called/)
  })

  it('logs failed calls once an hour, without the address, and logs the recovery', async (t) => {
    const { calls, behaviour, url } = await service(t)
    behaviour.answer = (_, response) => response.writeHead(500).end()
    const { state, lines } = watch(t, url)
    await eventually(() => calls.length >= 5)
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /could not be called.*The service answers HTTP 500/)
    state.now += 3_600_000
    await eventually(() => lines.length === 2)
    behaviour.answer = (_, response) => response.end()
    await eventually(() => lines.length === 3)
    assert.match(lines[2] ?? '', /can be called again/)
    assert.ok(lines.every((line) => !line.includes('s3cret')))
  })

  it('does not follow a redirect', async (t) => {
    const { calls, behaviour, url } = await service(t)
    behaviour.answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    const { lines } = watch(t, url)
    await eventually(() => lines.length === 1 && calls.length > 2)
    assert.match(lines[0] ?? '', /redirects \(302\)/)
    assert.ok(!calls.includes('GET /elsewhere'))
  })

  it('logs why the service cannot be reached; closing aborts a call', async (t) => {
    const { url, server, behaviour, calls } = await service(t)
    behaviour.answer = () => {}
    const silent = watch(t, url)
    await eventually(() => calls.length > 0)
    silent.deadManSwitch.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    const { lines } = watch(t, url)
    await eventually(() => lines.length === 1)
    assert.match(lines[0] ?? '', /cannot be reached \(ECONNREFUSED\)/)
    assert.ok(!lines[0]?.includes('s3cret'))
    assert.deepEqual(silent.lines, [])
  })

  it('is active in a monitor that is connected to its broker, and not in one without a connection', async (t) => {
    const { calls, url } = await service(t)
    const settings = { PING_URL: `${url}/alone`, MQTT_URL: 'mqtt://127.0.0.1:1' }
    const houses = await Promise.all([startTestMonitor(settings), startTestMonitor({ PING_URL: url })])
    t.after(() => Promise.all(houses.map((house) => house.close())))
    await eventually(() => calls.length > 0)
    // The other monitor was started first, and would have called by now.
    const since = performance.now()
    await eventually(() => performance.now() - since > 500)
    assert.deepEqual(calls, ['GET /ping/s3cret'])
  })
})
