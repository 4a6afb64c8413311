import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import { HttpError } from './errors.ts'

export interface EventHubOptions {
  /** Most clients at once. */
  limit: number
  /** Bytes that may wait for one client before its connection is closed. */
  backlog: number
  /** ms between two comments that keep idle connections open */
  heartbeat?: number
  /**
   * Called for the first client: subscribes to what `broadcast` sends to all of them.
   * @returns unsubscribes, called after the last client
   */
  subscribe?(broadcast: (text: string) => void): () => void
}

interface Client {
  response: ServerResponse
  isAllowed(): boolean
}

export type EventHub = ReturnType<typeof createEventHub>

/**
 * The clients of one stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A
 * client that cannot keep up is disconnected: the monitor never waits for it.
 */
export function createEventHub({ limit, backlog, heartbeat = 15_000, subscribe = () => () => {} }: EventHubOptions) {
  const clients = new Set<Client>()
  let waiting = ''
  let unsubscribe = () => {}
  let timer: NodeJS.Timeout | undefined

  function send({ response }: Client, chunk: Buffer | string): void {
    if (response.writableLength > backlog) response.destroy()
    else if (!response.writableEnded) response.write(chunk)
  }

  function flush(): void {
    const chunk = Buffer.from(waiting)
    waiting = ''
    for (const client of clients) send(client, chunk)
  }

  /** Sends to all clients, the events of one turn of the event loop together. */
  function broadcast(text: string): void {
    if (waiting === '') setImmediate(flush)
    waiting += text
  }

  function end(client: Client): void {
    remove(client)
    client.response.end()
  }

  function remove(client: Client): void {
    if (!clients.delete(client) || clients.size > 0) return
    unsubscribe()
    clearInterval(timer)
  }

  /** Disconnects every client that is no longer allowed, after a logout or at the end of its session. */
  function check(): void {
    for (const client of clients) if (!client.isAllowed()) end(client)
  }

  /** @param response its head is written */
  function add(response: ServerResponse, isAllowed: () => boolean): Client {
    const client = { response, isAllowed }
    if (clients.size === 0) {
      unsubscribe = subscribe(broadcast)
      timer = setInterval(() => {
        check()
        broadcast(':\n\n')
      }, heartbeat)
    }
    clients.add(client)
    response.on('close', () => remove(client))
    // 'close' follows an error of the connection.
    response.on('error', () => {})
    response.write('retry: 2000\n\n')
    return client
  }

  return {
    get size(): number {
      return clients.size
    },

    add,

    /**
     * Turns an answer into a stream of events.
     * @returns sends to this client alone
     * @throws HttpError 503 if there are too many clients
     */
    open(reply: FastifyReply, isAllowed: () => boolean): (text: string) => void {
      if (clients.size >= limit) throw new HttpError(503, 'Too many event streams are open.', { 'retry-after': '30' })
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        'content-type': 'text/event-stream; charset=utf-8',
        // nginx would buffer the events.
        'x-accel-buffering': 'no',
      })
      const client = add(reply.raw, isAllowed)
      return (text) => send(client, text)
    },

    check,

    close(): void {
      for (const client of clients) end(client)
    },
  }
}

/** An event as text. JSON is always one line. */
export const writeEvent = ({ type, data }: { type: string; data: object }): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
