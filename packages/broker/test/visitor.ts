import type { Socket } from 'node:net'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { passwordOf } from './houses.ts'

export interface Message {
  topic: string
  payload: string
  qos: number
  retain: boolean
}

/** Somebody at the broker: a plain mqtt.js client that remembers what it got. */
export interface Visitor {
  readonly client: MqttClient
  readonly inbox: readonly Message[]
  /** Resolves with the first message for which it holds, of those that came or will come. */
  got(holds: (message: Message) => boolean): Promise<Message>
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>
  subscribe(...filters: string[]): Promise<void>
  /** Resolves when it is acknowledged. */
  say(topic: string, payload: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>
  leave(): Promise<void>
  /** Without a goodbye: the broker publishes the will. */
  vanish(): void
}

/**
 * Comes in by the user's own password, and under a client id that has nothing to do with the user.
 * @throws with the broker's answer where it refuses.
 */
export async function enter(port: number, user: string, options: IClientOptions = {}): Promise<Visitor> {
  const client = connect(`${options.protocol ?? (options.ca ? 'mqtts' : 'mqtt')}://127.0.0.1:${port}`, {
    username: user,
    password: passwordOf(user),
    clientId: `${user}-${Math.random().toString(36).slice(2)}`,
    reconnectPeriod: 0,
    ...options,
  })
  const inbox: Message[] = []
  const waiting = new Set<(message: Message) => void>()
  client.on('error', () => {})
  client.on('message', (topic, payload, { qos, retain }) => {
    const message = { topic, payload: payload.toString(), qos, retain }
    inbox.push(message)
    for (const look of waiting) look(message)
  })
  // What waited for a session comes in one piece with the broker's answer: too early for listeners that are added then.
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed without an answer')))
  })
  // Small packets in both directions would each wait 40 ms for company.
  ;(client.stream as unknown as Socket).setNoDelay(true)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  return {
    client,
    inbox,
    closed,
    got: (holds) =>
      new Promise((resolve) => {
        const found = inbox.find(holds)
        if (found !== undefined) return resolve(found)
        const look = (message: Message) => {
          if (!holds(message)) return
          waiting.delete(look)
          resolve(message)
        }
        waiting.add(look)
      }),
    async subscribe(...filters) {
      await client.subscribeAsync(filters, { qos: 1 })
    },
    async say(topic, payload, { qos = 1, retain = false } = {}) {
      await client.publishAsync(topic, payload, { qos, retain })
    },
    leave: () => client.endAsync(),
    vanish: () => client.stream.destroy(),
  }
}
