import { connectAsync, type IPublishPacket } from 'mqtt'
import { users } from './brokers.ts'

export interface Seen {
  topic: string
  text: string
  qos: number
  /** True for a retained message. */
  retained: boolean
}

/** A client that subscribes to all topics and records the messages. */
export interface Subscriber {
  readonly seen: Seen[]
  /** Waits for the first message that matches, at index `since` of `seen` or later. */
  until(holds: (seen: Seen) => boolean, since?: number): Promise<Seen>
  /** Waits for this number of messages on a topic. */
  count(topic: string, many: number): Promise<Seen[]>
  publish(topic: string, text: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>
  end(): Promise<void>
}

export async function startSubscriber(port: number): Promise<Subscriber> {
  const seen: Seen[] = []
  const looks = new Set<() => void>()
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, username: 'subscriber', password: users.subscriber })
  // A broker that is killed ends the connection with an error.
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

/** The broker's retained messages, as a new client receives them; waits for those on `topics`. */
export async function retainedBy(port: number, ...topics: string[]): Promise<Record<string, string>> {
  const subscriber = await startSubscriber(port)
  for (const topic of topics) await subscriber.until((seen) => seen.retained && seen.topic === topic)
  const mark = `mark/${Math.random()}`
  await subscriber.publish(mark, 'a broker sends all that it has kept, but not always before this')
  await subscriber.until(({ topic }) => topic === mark)
  await subscriber.end()
  return Object.fromEntries(subscriber.seen.filter(({ retained }) => retained).map(({ topic, text }) => [topic, text]))
}
