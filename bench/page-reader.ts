import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

/** Rooms that a screen has in view, with those close to it. */
const inView = 40

export type PageReader = Awaited<ReturnType<typeof openPage>>

/** An open page of a large house: the requests of the dashboard, and its stream of events. */
export async function openPage(url: string) {
  const stream = `bench-${process.pid}-${Math.random().toString(36).slice(2)}`
  const request = get(`${url}/api/events?beat=4&stream=${stream}`, { agent: false })
  const [events] = (await once(request, 'response')) as [IncomingMessage]
  let received = 0
  events.setEncoding('utf8').on('data', (text: string) => {
    received += text.split('event: reading').length - 1
  })
  events.on('error', () => {})
  let next: string | null = null
  let names: string[] = []

  async function ask<T>(path: string, body?: object): Promise<T> {
    const method = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${url}${path}`, method)
    if (!response.ok) throw new Error(`${path}: ${response.status}`)
    return (await response.json()) as T
  }

  async function page(query: string): Promise<void> {
    const answer = await ask<{ rooms: { room: string }[]; next: string | null }>(`/api/rooms?limit=200${query}`)
    next = answer.next
    names = answer.rooms.map(({ room }) => room)
  }

  const steps = [
    () => page(''),
    () => ask(`/api/events/${stream}/rooms`, { rooms: names.slice(0, inView) }),
    () => ask('/api/alerts?state=firing'),
    () => page(`&order=home${next === null ? '' : `&after=${encodeURIComponent(next)}`}`),
    () => ask(`/api/events/${stream}/rooms`, { rooms: names.slice(-inView) }),
    () => page(`&search=${Math.floor(Math.random() * 1000)}`),
    () => page('&order=trouble'),
    () => ask('/api/devices?limit=200'),
    () => ask('/api/health'),
  ]
  let step = 0

  return {
    /** Requests what a person at the page causes next. @returns ms */
    async visit(): Promise<number> {
      const begun = performance.now()
      await steps[step++ % steps.length]?.()
      return performance.now() - begun
    },

    /** Readings that the stream has brought since the last call. */
    takeReceived(): number {
      const count = received
      received = 0
      return count
    },

    close: () => void request.destroy(),
  }
}
