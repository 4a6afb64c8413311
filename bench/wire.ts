import { startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import { startCounter } from './counter.ts'
import { readings, startDevice } from './device.ts'
import { asInTheHouse, inFolder, monitorSettings, startProgram } from './program.ts'
import { against, progress } from './report.ts'

const sizes = [1, 10, 60, 360]
/** Batches of each size: enough that one that is packed well or badly does not matter. */
const batches = 30
/** What a probe tells apart, °C: a cheap one, a DS18B20, and all the decimals that we write. */
const steps = [0.1, 0.0625, 0.001]
/** A segment's headers: IPv4 20, TCP 20, its time stamps 12. bytes */
const headers = 52
/** The batch size that the bar is about, and the bar, in bytes a reading. */
const usual = { size: 60, most: 6 }

interface Cost {
  /** bytes a reading: the record's own JSON or zlib; TCP's payload both ways, with MQTT's headers and both acknowledgements; the same with IP and TCP */
  payload: number
  socket: number
  all: number
}

/** Bytes per reading between a device and its broker, counted on the socket. */
export function wire(): Promise<void> {
  return inFolder('wire', async (folder) => {
    const broker = await startMosquitto(asInTheHouse)
    const counter = await startCounter(broker.port)
    try {
      const settings = { MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, COMMIT_INTERVAL: '0', ...monitorSettings(folder) }
      const monitor = await startProgram('monitor', { folder, settings })
      try {
        report(await measure(`mqtt://127.0.0.1:${counter.port}`, () => counter.take()))
      } finally {
        await monitor.stop()
      }
    } finally {
      await counter.close()
      await broker.stop()
    }
  })
}

async function measure(url: string, take: () => { up: number; down: number; pieces: number }) {
  const costs = new Map<string, Cost>()
  for (const [i, step] of steps.entries()) {
    for (const size of sizes) {
      progress(`wire: ${size} a batch, in steps of ${step} °C`)
      const device = await startDevice(url, `pi-${i}-${size}`)
      const packed = device.pack(readings(size * batches, size, step), size)
      // What the connection itself costs is not the record's.
      await device.settle()
      take()
      await device.send(packed)
      const { up, down, pieces } = take()
      await device.close()
      const each = (bytes: number) => bytes / (size * batches)
      const payload = each(packed.reduce((sum, batch) => sum + batch.payload.length, 0))
      const socket = each(up + down)
      // Of each exchange TCP itself acknowledges the last piece with a segment of its own; before, it rides along.
      costs.set(keyOf(size, step), { payload, socket, all: socket + each((pieces + batches) * headers) })
    }
  }
  return costs
}

const keyOf = (size: number, step: number) => `${size} a batch, steps of ${step} °C`

function report(costs: Map<string, Cost>): void {
  console.log('\nBytes on the wire per reading of the record (one quantity a row, one in 10 s; QoS 1, JSON through zlib)')
  console.table(
    Object.fromEntries(
      [...costs].map(([name, { payload, socket, all }]) => [
        name,
        { payload: round(payload), 'on the socket, both ways': round(socket), 'with IP and TCP (estimated)': round(all) },
      ]),
    ),
  )
  const { size, most } = usual
  const all = steps.map((step) => costs.get(keyOf(size, step))?.all ?? 0)
  for (const [i, step] of steps.entries())
    console.log(`${size} a batch in steps of ${step} °C: ${against(all[i] ?? 0, most, 'at most', 1)} bytes a reading all told.`)
  if (Math.max(...all) <= most) return
  console.log(`Why it is missed: each row names its number, its time to the ms and its quantity. zlib cannot count on, so a row costs
some 45 to 60 bits, for references to the row before and the digits that are new; that alone is more than ${most} bytes.
What a batch costs beside its rows (topic, PUBACK, the acknowledgement's JSON, headers) is shared by ${size}. Below ${most}
comes another format (differences as varints), and this one was agreed on so that anybody can write and read it.`)
}

const round = (bytes: number) => Number(bytes.toFixed(1))
