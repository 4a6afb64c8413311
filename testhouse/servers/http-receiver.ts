import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A received request. */
export interface Received {
  method: string
  /** Includes the query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** The body as it came. */
  bytes: Buffer
}

/** `silent`: no answer · `drop`: closes the connection · `stuck`: an incomplete answer · `endless`: an answer without end */
export type Reply = { status: number; headers?: Record<string, string>; body?: string | object } | 'silent' | 'drop' | 'stuck' | 'endless'

export interface HttpReceiver {
  readonly port: number
  readonly url: string
  /** All requests so far. */
  readonly requests: readonly Received[]
  /** Breaks all connections and stops listening; `startHttpReceiver` on the same port replaces it. */
  close(): Promise<void>
}

/** Starts an HTTP server on 127.0.0.1 with the given answers, which may be failures. */
export async function startHttpReceiver(answer: (request: Received) => Reply, port = 0): Promise<HttpReceiver> {
  const requests: Received[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers, socket } = request
    const bytes = await buffer(request)
    const received = { method, path, headers, body: bytes.toString(), bytes }
    requests.push(received)
    const reply = answer(received)
    if (reply === 'silent') return
    if (reply === 'drop') return void socket.destroy()
    if (reply === 'stuck') return void response.writeHead(503, { 'Content-Length': '100' }).write('{"')
    if (reply === 'endless') {
      response.writeHead(503)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) {}
      }
      response.on('drain', more)
      return more()
    }
    const { status, headers: own = {}, body = '' } = reply
    const json = typeof body === 'string' ? {} : { 'Content-Type': 'application/json' }
    response.writeHead(status, { ...json, ...own }).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const bound = (server.address() as AddressInfo).port

  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}
