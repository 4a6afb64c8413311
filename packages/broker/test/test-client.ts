import type { Socket } from 'node:net'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { passwordOf } from './brokers.ts'

export interface Message {
  topic: string
  payload: string
  qos: number
  retain: boolean
}

/** A plain mqtt.js client that records the messages it receives. */
export interface TestClient {
  readonly client: MqttClient
  readonly messages: readonly Message[]
  /** Resolves with the first message, recorded or future, that fulfils the condition. */
  receive(condition: (message: Message) => boolean): Promise<Message>
  /** Resolves when the broker has closed the connection. */
  readonly closed: Promise<void>
  subscribe(...filters: string[]): Promise<void>
  /** Resolves when the message is acknowledged. */
  publish(topic: string, payload: string, options?: { qos?: 0 | 1 | 2; retain?: boolean }): Promise<void>
  disconnect(): Promise<void>
  /** Closes the socket without a DISCONNECT: the broker publishes the will. */
  drop(): void
}

/**
 * Connects with the user's password and a client id other than the user name.
 * @param prepare called with the client before it is connected.
 * @throws Error with the broker's answer if it refuses the login.
 */
export async function connectAs(
  port: number,
  user: string,
  options: IClientOptions = {},
  prepare: (client: MqttClient) => void = () => {},
): Promise<TestClient> {
  const client = connect(`${options.protocol ?? (options.ca ? 'mqtts' : 'mqtt')}://127.0.0.1:${port}`, {
    username: user,
    password: passwordOf(user),
    clientId: `${user}-${Math.random().toString(36).slice(2)}`,
    reconnectPeriod: 0,
    ...options,
  })
  prepare(client)
  const messages: Message[] = []
  const waiting = new Set<(message: Message) => void>()
  client.on('error', () => {})
  client.on('message', (topic, payload, { qos, retain }) => {
    const message = { topic, payload: payload.toString(), qos, retain }
    messages.push(message)
    for (const check of waiting) check(message)
  })
  // The messages of a persistent session may arrive in one chunk with CONNACK, so the listener is added before that.
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed without an answer')))
  })
  // With Nagle's algorithm, small packets in both directions would each be delayed by 40 ms.
  ;(client.stream as unknown as Socket).setNoDelay(true)
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  return {
    client,
    messages,
    closed,
    receive: (condition) =>
      new Promise((resolve) => {
        const found = messages.find(condition)
        if (found !== undefined) return resolve(found)
        const check = (message: Message) => {
          if (!condition(message)) return
          waiting.delete(check)
          resolve(message)
        }
        waiting.add(check)
      }),
    async subscribe(...filters) {
      await client.subscribeAsync(filters, { qos: 1 })
    },
    async publish(topic, payload, { qos = 1, retain = false } = {}) {
      await client.publishAsync(topic, payload, { qos, retain })
    },
    disconnect: () => client.endAsync(),
    drop: () => client.stream.destroy(),
  }
}
