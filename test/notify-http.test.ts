import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { certifyAuthority, certifyServer, makeKey } from '../apps/cli/certificates/certificates.ts'
import { DeliveryError } from '../apps/monitor/notify/channels/channel.ts'
import { createHttp, isSuccess } from '../apps/monitor/notify/channels/http.ts'

const secret = 'sekret-token'
const post = { headers: { Authorization: `Bearer ${secret}` }, body: `{"text":"${secret}"}` }

async function listen(t: TestContext, answer: RequestListener, tls?: { key: string; cert: string }) {
  const server = tls ? createServer(tls, answer) : createHttpServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureAt(address: string, timeout = 5000): Promise<DeliveryError> {
  const http = createHttp('the service', timeout)
  try {
    const { status } = await http.post(address, post)
    throw new assert.AssertionError({ message: `it answered ${status}` })
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error))
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      assert.ok(!`${each.message}${each.stack}`.includes(secret), each.message)
    return error
  } finally {
    http.close()
  }
}

describe('A message over HTTP', () => {
  it('is not sent to a server with an invalid certificate, and fails with a reason for a wrong name or port', async (t) => {
    const key = makeKey()
    const authority = { key, certificate: await certifyAuthority(key, Date.now()) }
    const tls = { key, cert: await certifyServer(key, ['127.0.0.1'], authority, Date.now()) }
    const secure = await listen(t, (_, response) => response.end(), tls)
    const plain = await listen(t, (_, response) => response.end())
    for (const [address, kind, why] of [
      [`https://${secure}/${secret}`, 'unreachable', /^The certificate of the service is not valid, so the message was not sent/],
      [`https://${plain}/${secret}`, 'unreachable', /does not use TLS at this address: should https be http\?$/],
      [`http://${secure}/${secret}`, 'later', /^The connection to the service broke/],
      [`http://nobody.invalid/${secret}`, 'unreachable', /was not found/],
      [`http://127.0.0.1:9/${secret}`, 'locked-out', /port .* is reserved for another protocol/],
      [`http://127.0.0.1:59/${secret}`, 'unreachable', /^The service refused the connection/],
    ] as const) {
      const failure = await failureAt(address)
      assert.match(failure.message, why)
      assert.equal(failure.kind, kind)
    }
  })

  it('fails after its timeout, even if the answer arrives byte by byte', async (t) => {
    const address = await listen(t, (_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(drip))
    })
    const http = createHttp('the service', 2000)
    const answer = await http.post(`http://${address}/`, post)
    assert.deepEqual([isSuccess(answer), answer.complete], [true, false])
    assert.match((await failureAt(`http://${await listen(t, () => {})}/`, 200)).message, /did not answer within 1 seconds/)
  })

  it('ends its connection after 8 kB of the decompressed answer', async (t) => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    for (const headers of [{}, { 'Content-Encoding': 'gzip' }]) {
      let hungUp: (bytes: number) => void = () => {}
      const written = new Promise<number>((resolve) => {
        hungUp = resolve
      })
      const address = await listen(t, (_, response) => {
        response.writeHead(200, headers).write(bomb)
        response.on('close', () => hungUp(response.socket?.bytesWritten ?? 0))
      })
      const answer = await createHttp('the service').post(`http://${address}/`, post)
      assert.ok(answer.body.length <= 8192 && !answer.complete)
      await written
    }
  })

  it('uses its own connection, without cookies, referrer or origin', async (t) => {
    const seen: (string | undefined)[][] = []
    const address = await listen(t, ({ headers }, response) => {
      seen.push([headers.connection, headers.cookie, headers.referer, headers.origin, headers['user-agent']])
      response.writeHead(200, { 'Set-Cookie': 'a=b' }).end()
    })
    const http = createHttp('the service')
    await http.post(`http://${address}/`, post)
    await http.post(`http://${address}/`, post)
    assert.deepEqual(seen, Array(2).fill(['close', undefined, undefined, undefined, 'Hearthwatch']))
  })
})
