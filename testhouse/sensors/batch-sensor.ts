import { randomBytes } from 'node:crypto'
import type { Alert } from '@hearthwatch/api/alerts'
import type { ReadingEvent } from '@hearthwatch/api/events'
import { silent } from '@hearthwatch/log'
import { type Ack, type Batch, readAck, writeBatch } from '@hearthwatch/protocol'
import type { MqttClient } from 'mqtt'
import { eventually } from '../eventually.ts'
import { startTestMonitor } from '../monitor/monitor.ts'

export const interval = 10_000

/** A sensor that publishes live readings and batches. */
export class BatchSensor {
  readonly id: string
  readonly room: string
  epoch = randomBytes(8).toString('hex')
  readonly #client: MqttClient
  readonly #acks: Ack[] = []
  #count = 0

  constructor(client: MqttClient, id: string, room: string) {
    this.#client = client
    this.id = id
    this.room = room
    client.on('message', (topic, payload) => {
      if (topic === `device/${id}/ack`) this.#acks.push(readAck(payload))
    })
  }

  async begin(): Promise<this> {
    await this.#client.subscribeAsync(`device/${this.id}/ack`, { qos: 1 })
    const readings = [{ key: 'temperature', topic: `home/${this.room}/temperature` }]
    const info = {
      id: this.id,
      room: this.room,
      epoch: this.epoch,
      interval: interval / 1000,
      status: `device/${this.id}/status`,
      readings,
    }
    await this.#client.publishAsync(`device/${this.id}/info`, JSON.stringify(info), { qos: 1, retain: true })
    return this
  }

  live(value: number) {
    return this.#client.publishAsync(`home/${this.room}/temperature`, String(value), { qos: 0, retain: true })
  }

  /** A batch of temperatures; the last one was taken `age` ms ago. */
  batch(from: number, values: number[], { age = 0, ...other }: Partial<Batch> & { age?: number } = {}): Batch {
    const now = Date.now()
    this.#count += 1
    const rows = values.map((value, i) => ({
      seq: from + i,
      time: now - age - (values.length - 1 - i) * interval,
      values: { temperature: value },
    }))
    return {
      device: this.id,
      epoch: this.epoch,
      batch: `b${this.#count}`,
      from,
      to: from + values.length - 1,
      now,
      rows,
      trusted: true,
      ...other,
    }
  }

  async send(batch: Batch): Promise<Ack> {
    return this.sendRaw(writeBatch(batch), batch.batch)
  }

  async sendRaw(payload: Buffer | string, re: string, retain = false): Promise<Ack> {
    const before = this.#acks.length
    await this.#client.publishAsync(`device/${this.id}/readings`, payload, { qos: 1, retain })
    return eventually(() => this.#acks.slice(before).find((ack) => ack.re === re))
  }
}

export type BatchSensors = Awaited<ReturnType<typeof startBatchSensors>>

/** Starts a monitor. `sensor` adds sensors, which share one connection. */
export async function startBatchSensors(settings: Record<string, string> = {}, now: () => number = Date.now) {
  const monitor = await startTestMonitor(settings, silent, now)
  const client = await monitor.client()
  client.setMaxListeners(0)
  let count = 0
  const rows = (room: string) => monitor.rows<ReadingEvent>('SELECT * FROM readings ORDER BY time').filter((row) => row.room === room)
  return {
    monitor,
    client,
    rows,
    values: (room: string) => rows(room).map(({ value }) => value),
    alerts: (room: string) => monitor.rows<Alert>('SELECT * FROM alert_log').filter((alert) => alert.room === room),
    sensor(room: string) {
      count += 1
      return new BatchSensor(client, `pi-${count}`, room).begin()
    },
  }
}
