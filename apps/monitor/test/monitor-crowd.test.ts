import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Ack, readAck, writeBatch } from '@hearthwatch/protocol'
import { type Mosquitto, startMosquitto } from '@hearthwatch/testhouse/brokers/mosquitto'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor, type TestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { need } from '@hearthwatch/testhouse/need'
import mqtt, { type MqttClient } from 'mqtt'

const many = 200
const rows = 20
const interval = 1000
/** Time without an acknowledgement after which a batch is sent again, ms. */
const ackTimeout = 2000

/** A small sensor that sends one batch after the other, and repeats each until it is acknowledged. */
class Device {
  readonly id: string
  readonly epoch: string
  readonly client: MqttClient
  acknowledged = 0
  #recorded = 0
  #count = 0
  #timer: NodeJS.Timeout | undefined
  readonly #begin = Date.now() - 100 * interval

  constructor(url: string, number: number) {
    this.id = `crowd-${number}`
    this.epoch = number.toString(16).padStart(16, '0')
    this.client = mqtt.connect(url, { clientId: this.id, reconnectPeriod: 100, connectTimeout: 5000, queueQoSZero: false })
    this.client.on('error', () => {})
    this.client.on('connect', () => this.#publishInfo())
    this.client.on('message', (_, payload) => this.#onAck(readAck(payload)))
  }

  record(upTo: number): void {
    this.#recorded = upTo
    this.#send()
  }

  async #publishInfo(): Promise<void> {
    const info = { id: this.id, room: this.id, epoch: this.epoch, interval: interval / 1000, readings: [] }
    try {
      await this.client.subscribeAsync(`device/${this.id}/ack`)
      await this.client.publishAsync(`device/${this.id}/info`, JSON.stringify(info), { qos: 1, retain: true })
      this.#send()
    } catch {
      // The connection broke again; the next one publishes the info.
    }
  }

  #send(): void {
    clearTimeout(this.#timer)
    if (this.acknowledged >= this.#recorded || !this.client.connected) return
    this.#count += 1
    const from = this.acknowledged + 1
    const all = Array.from({ length: this.#recorded - this.acknowledged }, (_, i) => from + i)
    const batch = {
      device: this.id,
      epoch: this.epoch,
      batch: `b-${this.#count}`,
      from,
      to: this.#recorded,
      now: Date.now(),
      oldest: 1,
      rows: all.map((seq) => ({ seq, time: this.#begin + seq * interval, values: { temperature: 20 + (seq % 10) / 10 } })),
      trusted: true,
    }
    this.client.publish(`device/${this.id}/readings`, writeBatch(batch), { qos: 1 }, () => {})
    this.#timer = setTimeout(() => this.#send(), ackTimeout)
  }

  #onAck(ack: Ack): void {
    if (ack.re !== `b-${this.#count}` || ack.err !== undefined) return
    this.acknowledged = ack.seq
    this.#send()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.client.end(true)
  }
}

describe(`${many} sensors at a broker that queues at most ten messages per client`, { ...need('mosquitto'), timeout: 120_000 }, () => {
  let broker: Mosquitto
  let monitor: TestMonitor
  let devices: Device[] = []
  before(async () => {
    broker = await startMosquitto({
      config: ['allow_anonymous true', 'max_queued_messages 10', 'max_inflight_messages 2', 'set_tcp_nodelay true'],
    })
    monitor = await startTestMonitor({ MQTT_URL: `mqtt://127.0.0.1:${broker.port}` })
    devices = Array.from({ length: many }, (_, i) => new Device(`mqtt://127.0.0.1:${broker.port}`, i + 1))
  })
  after(async () => {
    for (const device of devices) device.close()
    await monitor.close()
    await broker.stop('SIGKILL')
  })
  async function expectAll(upTo: number): Promise<void> {
    for (const device of devices) device.record(upTo)
    await eventually(() => devices.every(({ acknowledged }) => acknowledged === upTo), 60_000)
    const stored = monitor.rows<{ device: string; rows: number; times: number }>(
      'SELECT device, count(*) AS rows, count(DISTINCT time) AS times FROM readings GROUP BY device',
    )
    assert.equal(stored.length, many)
    assert.deepEqual([...new Set(stored.map(({ rows, times }) => `${rows} ${times}`))], [`${upTo} ${upTo}`])
    assert.deepEqual(await monitor.get('/api/gaps'), [])
  }

  it('get each reading stored once', () => expectAll(rows))

  it('lose no reading when the broker is killed without persistence and all of them reconnect at once', async () => {
    await broker.restart('SIGKILL')
    await expectAll(2 * rows)
    const metrics = await (await fetch(new URL('/metrics', monitor.url))).text()
    assert.doesNotMatch(metrics, /hearthwatch_rejected_total\{/)
  })
})
