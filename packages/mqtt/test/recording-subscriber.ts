import { after, before } from 'node:test'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Broker, Kind } from './brokers.ts'
import { Changes } from './changes.ts'

/** Another client of the broker, a plain mqtt.js, that records what it receives and publishes too. */
export interface RecordingSubscriber {
  /** Received messages, each as `topic payload`. */
  readonly received: string[]
  until(condition: (received: readonly string[]) => boolean): Promise<void>
  publish: MqttClient['publishAsync']
  end(): Promise<void>
}

export async function startSubscriber(port: number, filter = '#'): Promise<RecordingSubscriber> {
  const changes = new Changes()
  const received: string[] = []
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
  client.on('message', (topic, payload) => {
    received.push(`${topic} ${payload}`)
    changes.signal()
  })
  await client.subscribeAsync(filter, { qos: 2 })
  return {
    received,
    until: (condition) => changes.until(() => condition(received)),
    publish: client.publishAsync.bind(client),
    end: () => client.endAsync(true),
  }
}

/** Starts a broker and a subscriber before the tests of the enclosing `describe`, and ends both after them. */
export function brokerAndSubscriber(kind: Kind, filter: string): { broker: Broker; subscriber: RecordingSubscriber } {
  const started = {} as { broker: Broker; subscriber: RecordingSubscriber }
  before(async () => {
    started.broker = await kind.start()
    started.subscriber = await startSubscriber(started.broker.port, filter)
  })
  after(async () => {
    await started.subscriber.end()
    await started.broker.end()
  })
  return started
}
