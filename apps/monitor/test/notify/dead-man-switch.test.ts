import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createLog } from '@hearthwatch/log'
import { eventually, startHouse } from '@hearthwatch/testhouse/monitor'
import { startDeadManSwitch } from '../../notify/dead-man-switch.ts'

/** A service that is called; `answer` can be changed at any time. */
async function service(t: TestContext) {
  const calls: string[] = []
  const told = { answer: (_: IncomingMessage, response: ServerResponse): unknown => response.end('OK') }
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`)
    told.answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { calls, told, url: `http://127.0.0.1:${port}/ping/s3cret`, server }
}

function watch(t: TestContext, url: string) {
  const lines: string[] = []
  const state = { problem: null as string | null, now: 0 }
  const log = createLog('watchdog', 'info', (line) => lines.push(line))
  const watchdog = startDeadManSwitch({ url, problem: () => state.problem, now: () => state.now, log, every: 10 })
  t.after(() => watchdog.close())
  return { lines, state, watchdog }
}

describe('The watchdog for the watcher', () => {
  it('is called while all is well, and not while something is wrong', async (t) => {
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
    assert.match(lines[1] ?? '', /all is well again/)
  })

  it('that fails is logged once an hour, without its address, and when it works again', async (t) => {
    const { calls, told, url } = await service(t)
    told.answer = (_, response) => response.writeHead(500).end()
    const { state, lines } = watch(t, url)
    await eventually(() => calls.length >= 5)
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /could not be called.*It answers 500/)
    state.now += 3_600_000
    await eventually(() => lines.length === 2)
    told.answer = (_, response) => response.end()
    await eventually(() => lines.length === 3)
    assert.match(lines[2] ?? '', /can be called again/)
    assert.ok(lines.every((line) => !line.includes('s3cret')))
  })

  it('is not followed anywhere else', async (t) => {
    const { calls, told, url } = await service(t)
    told.answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    const { lines } = watch(t, url)
    await eventually(() => lines.length === 1 && calls.length > 2)
    assert.match(lines[0] ?? '', /redirects \(302\)/)
    assert.ok(!calls.includes('GET /elsewhere'))
  })

  it('that is not there is told in plain words; closing it breaks off a call', async (t) => {
    const { url, server, told, calls } = await service(t)
    told.answer = () => {}
    const silent = watch(t, url)
    await eventually(() => calls.length > 0)
    silent.watchdog.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    const { lines } = watch(t, url)
    await eventually(() => lines.length === 1)
    assert.match(lines[0] ?? '', /cannot be reached \(ECONNREFUSED\)/)
    assert.ok(!lines[0]?.includes('s3cret'))
    assert.deepEqual(silent.lines, [])
  })

  it('is called by a monitor that has its broker, and not by one that has none', async (t) => {
    const { calls, url } = await service(t)
    const settings = { PING_URL: `${url}/alone`, MQTT_URL: 'mqtt://127.0.0.1:1' }
    const houses = await Promise.all([startHouse(settings), startHouse({ PING_URL: url })])
    t.after(() => Promise.all(houses.map((house) => house.close())))
    await eventually(() => calls.length > 0)
    // The other one was started before, and would have called by now.
    const since = performance.now()
    await eventually(() => performance.now() - since > 500)
    assert.deepEqual(calls, ['GET /ping/s3cret'])
  })
})
