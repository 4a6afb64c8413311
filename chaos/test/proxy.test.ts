import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type RoughLink, startProxy } from '../proxy.ts'

/** What has arrived at one end, and a way to wait for it. */
function ear(socket: Socket) {
  let heard = ''
  socket.on('data', (bytes) => {
    heard += bytes
  })
  return {
    get heard() {
      return heard
    },
    async until(text: string) {
      while (!heard.includes(text)) await once(socket, 'data')
    },
  }
}

/** Waits for its end, good or bad. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** Two ends with a proxy between them; `meet` opens one more connection. */
async function road(t: TestContext): Promise<{ proxy: RoughLink; meet(): Promise<[client: Socket, server: Socket]> }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await startProxy((server.address() as { port: number }).port)
  const sockets: Socket[] = []
  t.after(async () => {
    for (const socket of sockets) socket.destroy()
    await proxy.close()
    server.close()
  })
  return {
    proxy,
    async meet() {
      const accepted = once(server, 'connection') as Promise<[Socket]>
      const client = dial(proxy.port, '127.0.0.1')
      const [far] = await accepted
      for (const socket of [client, far]) {
        sockets.push(socket)
        socket.on('error', () => {})
      }
      return [client, far]
    },
  }
}

describe('A link that the test can break', () => {
  it('lets everything through as long as nobody says otherwise', async (t) => {
    const { meet } = await road(t)
    const [client, server] = await meet()
    const [atServer, atClient] = [ear(server), ear(client)]
    client.write('there')
    await atServer.until('there')
    server.write('and back')
    await atClient.until('and back')
  })

  it('swallows one direction alone, and what lost a byte stays dead', async (t) => {
    const { proxy, meet } = await road(t)
    const [client, server] = await meet()
    const [atServer, atClient] = [ear(server), ear(client)]
    proxy.behave({ kind: 'swallow' }, { kind: 'pass' })
    client.write('lost')
    server.write('told')
    await atClient.until('told')
    proxy.behave({ kind: 'pass' })
    client.write('too late')
    const [newClient, newServer] = await meet()
    const fresh = ear(newServer)
    newClient.write('fresh')
    await fresh.until('fresh')
    assert.equal(atServer.heard, '')
  })

  it('tells nobody of an end behind a hole before the hole is gone', async (t) => {
    const { proxy, meet } = await road(t)
    const [client, server] = await meet()
    let closed = false
    server.once('close', () => {
      closed = true
    })
    proxy.behave({ kind: 'swallow' })
    client.destroy()
    await delay(50)
    assert.equal(closed, false)
    proxy.behave({ kind: 'pass' })
    if (!closed) await ended(server)
  })

  it('delivers what it held, in order', async (t) => {
    const { proxy, meet } = await road(t)
    const [client, server] = await meet()
    const atServer = ear(server)
    proxy.behave({ kind: 'hold' })
    client.write('one ')
    client.write('two ')
    await delay(20)
    assert.equal(atServer.heard, '')
    proxy.behave({ kind: 'pass' })
    client.write('three')
    await atServer.until('three')
    assert.equal(atServer.heard, 'one two three')
  })

  it('delays by so many milliseconds', async (t) => {
    const { proxy, meet } = await road(t)
    const [client, server] = await meet()
    const atServer = ear(server)
    proxy.behave({ kind: 'delay', ms: 80 })
    const begin = performance.now()
    client.write('slowly')
    await atServer.until('slowly')
    assert.ok(performance.now() - begin >= 79)
  })

  it('lets bytes through one by one', async (t) => {
    const { proxy, meet } = await road(t)
    const [client, server] = await meet()
    const pieces: number[] = []
    server.on('data', (bytes) => pieces.push(bytes.length))
    const atServer = ear(server)
    proxy.behave({ kind: 'slow', bytesPerSecond: 200, piece: 1 })
    client.write('byte by byte')
    await atServer.until('byte by byte')
    assert.ok(pieces.length >= 6, `${pieces.length} pieces`)
  })

  it('cuts, refuses, and leads to another port afterwards', async (t) => {
    const { proxy, meet } = await road(t)
    const [client] = await meet()
    const cut = ended(client)
    proxy.cut()
    await cut
    assert.equal(proxy.open, 0)

    proxy.refuse(true)
    const refused = dial(proxy.port, '127.0.0.1')
    refused.on('error', () => {})
    await ended(refused)
    proxy.refuse(false)

    const other = createServer((socket) => socket.resume().end('another broker'))
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    t.after(() => other.close())
    proxy.target = (other.address() as { port: number }).port
    const visitor = dial(proxy.port, '127.0.0.1')
    visitor.on('error', () => {})
    await ear(visitor).until('another broker')
    visitor.destroy()
  })
})
