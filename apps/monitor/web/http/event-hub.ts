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
  subscribe?(broadcast: Broadcast): () => void
}

/**
 * Sends an event.
 * @param room clients that show other rooms only do not get it; null: all clients get it
 */
type Broadcast = (text: string, room?: string | null) => void

interface Client {
  response: ServerResponse
  isAllowed(): boolean
  /** The rooms whose events it gets; null: all. */
  rooms: ReadonlySet<string> | null
}

/** An event that waits for the end of this turn of the event loop. */
interface Waiting {
  text: string
  /** null: it is for every client */
  room: string | null
}

export type EventHub = ReturnType<typeof createEventHub>

/**
 * The clients of one stream of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). A
 * client that cannot keep up is disconnected: the monitor never waits for it.
 */
export function createEventHub({ limit, backlog, heartbeat = 15_000, subscribe = () => () => {} }: EventHubOptions) {
  const clients = new Set<Client>()
  let waiting: Waiting[] = []
  let unsubscribe = () => {}
  let timer: NodeJS.Timeout | undefined

  function send({ response }: Client, chunk: Buffer | string): void {
    if (response.writableLength > backlog) response.destroy()
    else if (!response.writableEnded) response.write(chunk)
  }

  function flush(): void {
    const events = waiting
    waiting = []
    let whole: Buffer | undefined
    for (const client of clients) {
      const { rooms } = client
      if (rooms === null) {
        whole ??= Buffer.from(events.map(({ text }) => text).join(''))
        send(client, whole)
        continue
      }
      const own = events.filter(({ room }) => room === null || rooms.has(room))
      if (own.length > 0) send(client, own.map(({ text }) => text).join(''))
    }
  }

  /** Sends to all clients, the events of one turn of the event loop together. */
  const broadcast: Broadcast = (text, room = null) => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ text, room })
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
    const client: Client = { response, isAllowed, rooms: null }
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
     * @throws HttpError 503 if there are too many clients
     */
    open(reply: FastifyReply, isAllowed: () => boolean) {
      if (clients.size >= limit) throw new HttpError(503, 'Too many event streams are open.', { 'retry-after': '30' })
      reply.hijack()
      reply.raw.writeHead(200, {
        ...(reply.getHeaders() as OutgoingHttpHeaders),
        'content-type': 'text/event-stream; charset=utf-8',
        // nginx would buffer the events.
        'x-accel-buffering': 'no',
      })
      const client = add(reply.raw, isAllowed)
      return {
        /** Sends to this client alone. */
        send: (text: string) => send(client, text),

        /** From now on it gets only events of these rooms, and those that are of none; null: all. */
        limitTo(rooms: ReadonlySet<string> | null): void {
          client.rooms = rooms
        },
      }
    },

    /** True if any client gets the events of this room. */
    isShown: (room: string | null) => room === null || clients.values().some(({ rooms }) => rooms === null || rooms.has(room)),

    check,

    close(): void {
      for (const client of clients) end(client)
    },
  }
}

/** An event as text. JSON is always one line. */
export const writeEvent = ({ type, data }: { type: string; data: object }): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
