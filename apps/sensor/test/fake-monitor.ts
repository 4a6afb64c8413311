import { type Ack, type Batch, readBatch, writeAck } from '@hearthwatch/protocol'
import { connectAsync } from 'mqtt'
import { users } from './brokers.ts'

/** A monitor whose acknowledgements the test controls. */
export interface FakeMonitor {
  readonly batches: Batch[]
  /** Acknowledged rows by number, for each epoch. */
  readonly kept: Map<string, Map<number, Batch['rows'][number]>>
  /** Changes to the acknowledgement of a batch; null: none is sent. */
  answer: (batch: Batch) => Partial<Ack> | null
  /** Waits until `get` finds something. It is called after each batch. */
  until<T>(get: () => T | undefined | false): Promise<T>
  publish(topic: string, payload: string, options?: { qos?: 0 | 1; retain?: boolean }): Promise<void>
  end(): Promise<void>
}

export async function startFakeMonitor(port: number, device: string): Promise<FakeMonitor> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50, username: 'monitor', password: users.monitor })
  client.on('error', () => {})
  const looks = new Set<() => void>()
  const monitor: FakeMonitor = {
    batches: [],
    kept: new Map(),
    answer: () => ({}),
    until: <T>(get: () => T | undefined | false) =>
      new Promise<T>((resolve) => {
        const look = () => {
          const found = get()
          if (found === undefined || found === false) return
          looks.delete(look)
          resolve(found)
        }
        looks.add(look)
        look()
      }),
    async publish(topic, payload, { qos = 0, retain = false } = {}) {
      await client.publishAsync(topic, payload, { qos, retain })
    },
    end: () => client.endAsync(true),
  }
  client.on('message', (_, payload) => {
    const batch = readBatch(payload, device)
    monitor.batches.push(batch)
    const { epoch, batch: re, to: seq, rows } = batch
    const other = monitor.answer(batch)
    if (other !== null) {
      const ack = { epoch, re, seq, now: Date.now(), ...other }
      const kept = monitor.kept.get(epoch) ?? new Map()
      monitor.kept.set(epoch, kept)
      if (ack.err === undefined) for (const row of rows) if (row.seq <= ack.seq) kept.set(row.seq, row)
      client.publish(`device/${device}/ack`, writeAck(ack))
    }
    for (const look of looks) look()
  })
  await client.subscribeAsync(`device/${device}/readings`, { qos: 0 })
  return monitor
}
