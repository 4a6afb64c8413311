import { connectAsync, type MqttClient } from 'mqtt'
import { Moments } from './moments.ts'

/** Another client of the broker, a plain mqtt.js, that sees and says things. */
export interface Witness {
  /** What it has seen, each as `topic payload`. */
  readonly seen: string[]
  until(holds: (seen: readonly string[]) => boolean): Promise<void>
  publish: MqttClient['publishAsync']
  end(): Promise<void>
}

export async function startWitness(port: number, filter = '#'): Promise<Witness> {
  const moments = new Moments()
  const seen: string[] = []
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
  client.on('message', (topic, payload) => {
    seen.push(`${topic} ${payload}`)
    moments.happened()
  })
  await client.subscribeAsync(filter, { qos: 2 })
  return {
    seen,
    until: (holds) => moments.until(() => holds(seen)),
    publish: client.publishAsync.bind(client),
    end: () => client.endAsync(true),
  }
}
