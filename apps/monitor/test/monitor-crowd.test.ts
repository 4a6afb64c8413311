import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Ack, readAck, writeBatch } from '@hearthwatch/protocol'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'

const many = 200
const rows = 20
const interval = 1000
/** ms without an answer after which a batch is sent again */
const patience = 2000

/** A light device with a record: one batch after the other, each sent until it is acknowledged, on every connection. */
class Device {
  readonly id: string
  readonly epoch: string
  readonly client: MqttClient
  kept = 0
  #wanted = 0
  #count = 0
  #timer: NodeJS.Timeout | undefined
  readonly #begin = Date.now() - 100 * interval

  constructor(url: string, number: number) {
    this.id = `crowd-${number}`
    this.epoch = number.toString(16).padStart(16, '0')
    this.client = mqtt.connect(url, { clientId: this.id, reconnectPeriod: 100, connectTimeout: 5000, queueQoSZero: false })
    this.client.on('error', () => {})
    this.client.on('connect', () => this.#greet())
    this.client.on('message', (_, payload) => this.#hear(readAck(payload)))
  }

  want(upTo: number): void {
    this.#wanted = upTo
    this.#send()
  }

  async #greet(): Promise<void> {
    const info = { id: this.id, room: this.id, epoch: this.epoch, interval: interval / 1000, readings: [] }
    try {
      await this.client.subscribeAsync(`device/${this.id}/ack`)
      await this.client.publishAsync(`device/${this.id}/info`, JSON.stringify(info), { qos: 1, retain: true })
      this.#send()
    } catch {
      // The connection broke again: the next one greets.
    }
  }

  #send(): void {
    clearTimeout(this.#timer)
    if (this.kept >= this.#wanted || !this.client.connected) return
    this.#count += 1
    const from = this.kept + 1
    const all = Array.from({ length: this.#wanted - this.kept }, (_, i) => from + i)
    const batch = {
      device: this.id,
      epoch: this.epoch,
      batch: `b-${this.#count}`,
      from,
      to: this.#wanted,
      now: Date.now(),
      oldest: 1,
      rows: all.map((seq) => ({ seq, time: this.#begin + seq * interval, values: { temperature: 20 + (seq % 10) / 10 } })),
      trusted: true,
    }
    this.client.publish(`device/${this.id}/readings`, writeBatch(batch), { qos: 1 }, () => {})
    this.#timer = setTimeout(() => this.#send(), patience)
  }

  #hear(ack: Ack): void {
    if (ack.re !== `b-${this.#count}` || ack.err !== undefined) return
    this.kept = ack.seq
    this.#send()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.client.end(true)
  }
}

describe(`${many} sensors at once, at a broker that keeps next to nothing for anyone`, { ...need('mosquitto'), timeout: 120_000 }, () => {
  let broker: Mosquitto
  let house: TestMonitor
  let devices: Device[] = []
  before(async () => {
    broker = await startMosquitto({
      config: ['allow_anonymous true', 'max_queued_messages 10', 'max_inflight_messages 2', 'set_tcp_nodelay true'],
    })
    house = await startTestMonitor({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}` })
    devices = Array.from({ length: many }, (_, i) => new Device(`mqtt://127.0.0.1:${broker.port}`, i + 1))
  })
  after(async () => {
    for (const device of devices) device.close()
    await house.close()
    await broker.stop('SIGKILL')
  })
  async function expectAll(upTo: number): Promise<void> {
    for (const device of devices) device.want(upTo)
    await eventually(() => devices.every(({ kept }) => kept === upTo), 60_000)
    const stored = house.rows<{ device: string; rows: number; times: number }>(
      'SELECT device, count(*) AS rows, count(DISTINCT time) AS times FROM readings GROUP BY device',
    )
    assert.equal(stored.length, many)
    assert.deepEqual([...new Set(stored.map(({ rows, times }) => `${rows} ${times}`))], [`${upTo} ${upTo}`])
    assert.deepEqual(await house.get('/api/gaps'), [])
  }

  it('get their records kept, each reading once', () => expectAll(rows))

  it('come back all together after the broker was killed and has forgotten everything, and lose nothing', async () => {
    await broker.restart('SIGKILL')
    await expectAll(2 * rows)
    const metrics = await (await fetch(new URL('/metrics', house.url))).text()
    assert.doesNotMatch(metrics, /hearthwatch_rejected_total\{/)
  })
})
