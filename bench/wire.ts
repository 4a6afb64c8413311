import { startCounter } from './counter.ts'
import { readings, startDevice } from './device.ts'
import { inFolder, withBroker, withMonitor } from './program.ts'
import { against, progress } from './report.ts'

const sizes = [1, 10, 60, 360]
/** Number of batches of each size, over which the bytes are averaged. */
const batches = 30
/** Resolution of a probe, °C: a cheap one, a DS18B20, and the finest that is sent. */
const steps = [0.1, 0.0625, 0.001]
/** Bytes of the headers of a TCP segment: IPv4 20, TCP 20, timestamps 12. */
const headers = 52
/** Batch size, and target in bytes per reading for it. */
const usual = { size: 60, target: 6 }

/** Bytes per reading. */
interface Cost {
  /** JSON, compressed by zlib where that is smaller. */
  payload: number
  /** TCP payload in both directions, with MQTT headers, PUBACK and acknowledgement. */
  socket: number
  /** The same with IP and TCP headers. */
  all: number
}

/** Measures the bytes per reading between a device and its broker, counted on the socket. */
export function wire(): Promise<void> {
  return inFolder('wire', (folder) =>
    withBroker(async (MQTT_URL) => {
      const counter = await startCounter(Number(new URL(MQTT_URL).port))
      try {
        await withMonitor(folder, { MQTT_URL, COMMIT_INTERVAL: '0' }, async () =>
          report(await measure(`mqtt://127.0.0.1:${counter.port}`, () => counter.take())),
        )
      } finally {
        await counter.close()
      }
    }),
  )
}

async function measure(url: string, take: () => { up: number; down: number; pieces: number }) {
  const costs = new Map<string, Cost>()
  for (const [i, step] of steps.entries()) {
    for (const size of sizes) {
      progress(`wire: ${size} per batch, in steps of ${step} °C`)
      const device = await startDevice(url, `pi-${i}-${size}`)
      const packed = device.pack(readings(size * batches, size, step), size)
      // The bytes of connecting are not counted.
      await device.settle()
      take()
      await device.send(packed)
      const { up, down, pieces } = take()
      await device.close()
      const each = (bytes: number) => bytes / (size * batches)
      const payload = each(packed.reduce((sum, batch) => sum + batch.payload.length, 0))
      const socket = each(up + down)
      // TCP acknowledges the last piece of each exchange with a segment of its own, and the others together with data.
      costs.set(keyOf(size, step), { payload, socket, all: socket + each((pieces + batches) * headers) })
    }
  }
  return costs
}

const keyOf = (size: number, step: number) => `${size} per batch, steps of ${step} °C`

function report(costs: Map<string, Cost>): void {
  console.log('\nBytes on the wire per reading of the record (one quantity per row, one row per 10 s; QoS 1, JSON with zlib)')
  console.table(
    Object.fromEntries(
      [...costs].map(([name, { payload, socket, all }]) => [
        name,
        { payload: round(payload), 'on the socket, both directions': round(socket), 'with IP and TCP (estimated)': round(all) },
      ]),
    ),
  )
  const { size, target } = usual
  const all = steps.map((step) => costs.get(keyOf(size, step))?.all ?? 0)
  for (const [i, step] of steps.entries())
    console.log(`${size} per batch in steps of ${step} °C: ${against(all[i] ?? 0, target, 'at most', 1)} bytes per reading in total.`)
  if (Math.max(...all) <= target) return
  console.log(`Reason: each row contains its number, its time in ms and its quantity. zlib cannot encode increments, so a row takes
45 to 60 bits for references to the row before and for new digits. That alone is more than ${target} bytes. The other bytes of a
batch (topic, PUBACK, acknowledgement, headers) are shared by its ${size} rows. Fewer than ${target} bytes need another format, such as
differences as varints. JSON was chosen so that other programs can write and read it easily.`)
}

const round = (bytes: number) => Number(bytes.toFixed(1))
