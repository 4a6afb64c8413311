import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { type FaultyLink, startProxy } from '../proxy.ts'

/** Records the text that arrives at one end. */
function record(socket: Socket) {
  let received = ''
  socket.on('data', (bytes) => {
    received += bytes
  })
  return {
    get received() {
      return received
    },
    async until(text: string) {
      while (!received.includes(text)) await once(socket, 'data')
    },
  }
}

/** Waits until the socket is closed, with or without an error. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** Starts a server and a proxy in front of it; `open` opens a connection and returns both ends. */
async function start(t: TestContext): Promise<{ proxy: FaultyLink; open(): Promise<[client: Socket, server: Socket]> }> {
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
    async open() {
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

describe('a faulty link', () => {
  it('the proxy forwards all bytes by default', async (t) => {
    const { open } = await start(t)
    const [client, server] = await open()
    const [atServer, atClient] = [record(server), record(client)]
    client.write('there')
    await atServer.until('there')
    server.write('and back')
    await atClient.until('and back')
  })

  it('the proxy can swallow one direction, and a connection that lost a byte stays dead', async (t) => {
    const { proxy, open } = await start(t)
    const [client, server] = await open()
    const [atServer, atClient] = [record(server), record(client)]
    proxy.behave({ kind: 'swallow' }, { kind: 'pass' })
    client.write('lost')
    server.write('arrives')
    await atClient.until('arrives')
    proxy.behave({ kind: 'pass' })
    client.write('too late')
    const [newClient, newServer] = await open()
    const fresh = record(newServer)
    newClient.write('fresh')
    await fresh.until('fresh')
    assert.equal(atServer.received, '')
  })

  it('the end of a connection is not forwarded while the link swallows bytes', async (t) => {
    const { proxy, open } = await start(t)
    const [client, server] = await open()
    let closed = false
    server.once('close', () => {
      closed = true
    })
    proxy.behave({ kind: 'swallow' })
    client.destroy()
    // The proxy accepts these connections after it has received the end of the first one.
    await open()
    await open()
    assert.equal(closed, false)
    proxy.behave({ kind: 'pass' })
    if (!closed) await ended(server)
  })

  it('held bytes are delivered later in order', async (t) => {
    const { proxy, open } = await start(t)
    const [client, server] = await open()
    const [atServer, atClient] = [record(server), record(client)]
    proxy.behave({ kind: 'hold' }, { kind: 'pass' })
    client.write('one ')
    client.write('two ')
    server.write('later')
    await atClient.until('later')
    assert.equal(atServer.received, '')
    proxy.behave({ kind: 'pass' })
    client.write('three')
    await atServer.until('three')
    assert.equal(atServer.received, 'one two three')
  })

  it('bytes are delayed by the given time', async (t) => {
    const { proxy, open } = await start(t)
    const [client, server] = await open()
    const atServer = record(server)
    proxy.behave({ kind: 'delay', ms: 80 })
    const begin = performance.now()
    client.write('slowly')
    await atServer.until('slowly')
    assert.ok(performance.now() - begin >= 79)
  })

  it('bytes can be forwarded one at a time', async (t) => {
    const { proxy, open } = await start(t)
    const [client, server] = await open()
    const pieces: number[] = []
    server.on('data', (bytes) => pieces.push(bytes.length))
    const atServer = record(server)
    proxy.behave({ kind: 'slow', bytesPerSecond: 200, piece: 1 })
    client.write('byte by byte')
    await atServer.until('byte by byte')
    assert.ok(pieces.length >= 6, `${pieces.length} pieces`)
  })

  it('connections can be cut, refused, and led to another port', async (t) => {
    const { proxy, open } = await start(t)
    const [client] = await open()
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
    const client2 = dial(proxy.port, '127.0.0.1')
    client2.on('error', () => {})
    await record(client2).until('another broker')
    client2.destroy()
  })
})
