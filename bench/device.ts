import { randomBytes } from 'node:crypto'
import { type Batch, type Row, readAck, topicOf, writeBatch } from '@hearthwatch/protocol'
import mqtt, { type MqttClient } from 'mqtt'

/** Time between two readings, ms. */
export const interval = 10_000

/** An encoded batch. */
export interface Packed {
  batch: string
  payload: Buffer
}

/** A simulated device that sends its record in batches. */
export type Device = Awaited<ReturnType<typeof startDevice>>

/** Connects a device and publishes its info. */
export async function startDevice(url: string, id: string) {
  const room = `room of ${id}`
  const epoch = randomBytes(8).toString('hex')
  const topic = topicOf('readings', { id })
  const client = await mqtt.connectAsync(url, { clientId: id, reconnectPeriod: 0, protocolVersion: 4, writeCache: false })
  await client.subscribeAsync(topicOf('ack', { id }))
  const live = topicOf('reading', { room, quantity: 'temperature' })
  const info = { id, room, epoch, interval: interval / 1000, readings: [{ key: 'temperature', topic: live }] }
  await client.publishAsync(topicOf('info', { id }), JSON.stringify(info), { qos: 1, retain: true })
  let count = 0
  return {
    id,
    room,
    /** Encodes the rows as batches of this size. */
    pack(rows: readonly Row[], size: number): Packed[] {
      const packed: Packed[] = []
      for (let i = 0; i < rows.length; i += size) {
        const some = rows.slice(i, i + size)
        count += 1
        packed.push(pack({ device: id, epoch, batch: `${epoch.slice(0, 8)}-${count}`, rows: some }))
      }
      return packed
    },
    /** Sends these batches, each after the acknowledgement of the previous one. @throws Error if the monitor refuses one */
    send: (batches: readonly Packed[]) => send(client, topic, batches),
    /** Resolves when the broker has handled all earlier packets. */
    settle: async () => void (await client.unsubscribeAsync('nothing')),
    close: () => client.endAsync(),
  }
}

function pack({ rows, ...about }: Pick<Batch, 'device' | 'epoch' | 'batch' | 'rows'>): Packed {
  const [from, to] = [rows[0]?.seq ?? 1, rows.at(-1)?.seq ?? 1]
  return { batch: about.batch, payload: writeBatch({ ...about, from, to, now: Date.now(), oldest: 1, rows, trusted: true }) }
}

function send(client: MqttClient, topic: string, batches: readonly Packed[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0
    const publish = () => {
      const batch = batches[next]
      if (batch === undefined) {
        client.off('message', onMessage)
        return resolve()
      }
      client.publishAsync(topic, batch.payload, { qos: 1 }).catch(reject)
    }
    const onMessage = (_: string, payload: Buffer) => {
      const ack = readAck(payload)
      if (ack.re !== batches[next]?.batch) return
      if (ack.err) return reject(new Error(`the monitor refused a batch: ${ack.err}`))
      next += 1
      publish()
    }
    client.on('message', onMessage)
    publish()
  })
}

/**
 * Simulated readings of a room, up to the present.
 * @param step resolution of the probe, °C
 */
export function readings(count: number, seed: number, step = 0.1): Row[] {
  const end = Math.floor(Date.now() / interval) * interval
  let state = seed
  let value = 20
  return Array.from({ length: count }, (_, i) => {
    // A linear congruential generator with the constants of Numerical Recipes, so that every run is the same.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    value = Math.min(26, Math.max(14, value + (state / 2 ** 32 - 0.5) * 0.4))
    return {
      seq: i + 1,
      time: end - (count - 1 - i) * interval,
      values: { temperature: Number((Math.round(value / step) * step).toFixed(3)) },
    }
  })
}
