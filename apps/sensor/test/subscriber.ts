import { connectAsync, type IPublishPacket } from 'mqtt'
import { users } from './brokers.ts'

export interface Seen {
  topic: string
  text: string
  qos: number
  /** It was kept by the broker from before. */
  retained: boolean
}

/** Another client of the broker, a plain mqtt.js, that sees everything. */
export interface Subscriber {
  readonly seen: Seen[]
  /** The first message from `since` on (a length of `seen`) for which this holds. */
  until(holds: (seen: Seen) => boolean, since?: number): Promise<Seen>
  /** Waits for so many messages on a topic. */
  count(topic: string, many: number): Promise<Seen[]>
  publish(topic: string, text: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>
  end(): Promise<void>
}

export async function startSubscriber(port: number): Promise<Subscriber> {
  const seen: Seen[] = []
  const looks = new Set<() => void>()
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, username: 'subscriber', password: users.subscriber })
  // It may end with its broker.
  client.on('error', () => {})
  client.on('message', (topic, payload, { qos, retain }: IPublishPacket) => {
    seen.push({ topic, text: payload.toString(), qos, retained: retain })
    for (const look of looks) look()
  })
  await client.subscribeAsync('#', { qos: 2 })
  const when = <T>(get: () => T | undefined) =>
    new Promise<T>((resolve) => {
      const look = () => {
        const found = get()
        if (found === undefined) return
        looks.delete(look)
        resolve(found)
      }
      looks.add(look)
      look()
    })
  return {
    seen,
    until: (holds, since = 0) => when(() => seen.slice(since).find(holds)),
    count: (topic, many) =>
      when(() => {
        const found = seen.filter((message) => message.topic === topic)
        return found.length >= many ? found : undefined
      }),
    async publish(topic, text, { qos = 1, retain = false } = {}) {
      await client.publishAsync(topic, text, { qos, retain })
    },
    end: () => client.endAsync(true),
  }
}

/** What the broker keeps on its retained topics, as someone new gets it: at least on these. */
export async function retainedBy(port: number, ...topics: string[]): Promise<Record<string, string>> {
  const subscriber = await startSubscriber(port)
  for (const topic of topics) await subscriber.until((seen) => seen.retained && seen.topic === topic)
  const mark = `mark/${Math.random()}`
  await subscriber.publish(mark, 'a broker sends all that it has kept, but not always before this')
  await subscriber.until(({ topic }) => topic === mark)
  await subscriber.end()
  return Object.fromEntries(subscriber.seen.filter(({ retained }) => retained).map(({ topic, text }) => [topic, text]))
}
