import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { day } from '@hearthwatch/protocol/durations'
import { freePort } from '@hearthwatch/testhouse/ports'
import mqtt from 'mqtt'
import { databaseOf, inFolder, withBroker, withMonitor } from './program.ts'
import { progress } from './report.ts'
import { usage } from './usage.ts'
import { percentile, room, writeYear } from './year.ts'

const pages = 50
/** Readings per second, and number of rooms. */
const rate = 2000
const rooms = 100
/** Time before the measurement, and its duration, s. */
const warmUp = 3
const duration = 20

/** Measures the response times of the HTTP API at rest and under load. */
export function http(): Promise<void> {
  return inFolder('http', async (folder) => {
    progress('http: writing a year of readings')
    const end = writeYear(databaseOf(folder))
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    await withBroker((MQTT_URL) =>
      withMonitor(folder, { MQTT_URL, HTTP_PORT: String(port) }, async (monitor) => {
        const paths = {
          '/api/rooms': '/api/rooms',
          'a day of a room': `/api/readings?room=${room}&quantity=temperature&from=${end - day}&to=${end}`,
          'a year of a room': `/api/readings?room=${room}&quantity=temperature&from=${end - 365 * day}&to=${end}`,
        }
        progress('http: at rest')
        // The first responses are slow, because the code is being compiled.
        await ask(url, paths, 1)
        const quiet = await ask(url, paths, warmUp)
        const watchers = fork(join(import.meta.dirname, 'pages.ts'), [url, String(pages)])
        await once(watchers, 'message')
        const source = await publish(MQTT_URL)
        progress(`http: ${warmUp + duration} s with ${pages} pages and ${rate} readings/s`)
        await delay(warmUp * 1000)
        const before = { cpu: (await usage(monitor.pid)).cpu, sent: source.sent, at: performance.now() }
        const busy = await ask(url, paths, duration)
        const passed = (performance.now() - before.at) / 1000
        const cpu = ((await usage(monitor.pid)).cpu - before.cpu) / passed
        const received = (source.sent - before.sent) / passed
        watchers.send('report')
        const [{ open }] = (await once(watchers, 'message')) as [{ open: number }]
        watchers.kill()
        await source.stop()
        report({ quiet, busy, cpu, received, open })
      }),
    )
  })
}

/** Publishes live readings like many foreign sensors, in bursts of 50 ms. */
async function publish(url: string) {
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, protocolVersion: 4, writeCache: false })
  const begun = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    for (const due = ((performance.now() - begun) / 1000) * rate; sent < due; sent += 1)
      client.publish(`home/room ${sent % rooms}/temperature`, ((sent % 97) / 10).toFixed(1))
  }, 50)
  return {
    get sent() {
      return sent
    },
    async stop() {
      clearInterval(timer)
      await client.endAsync()
    },
  }
}

type Times = Record<string, number[]>

async function ask(url: string, paths: Record<string, string>, seconds: number): Promise<Times> {
  const times: Times = {}
  const until = performance.now() + seconds * 1000
  while (performance.now() < until) {
    for (const [name, path] of Object.entries(paths)) {
      const begun = performance.now()
      await (await fetch(url + path)).arrayBuffer()
      times[name] = [...(times[name] ?? []), performance.now() - begun]
    }
    // A page pauses between its requests.
    await delay(20)
  }
  return times
}

type Load = { quiet: Times; busy: Times; cpu: number; received: number; open: number }

function report({ quiet, busy, cpu, received, open }: Load): void {
  console.log(`\nResponse times in ms: at rest, and with ${open} of ${pages} pages open and ${Math.round(received)} readings/s`)
  const figures = (times: readonly number[] = []) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) })
  const round = (ms: number) => Number(ms.toFixed(1))
  console.table(
    Object.fromEntries(
      Object.keys(quiet).map((name) => {
        const [rest, load] = [figures(quiet[name]), figures(busy[name])]
        return [
          name,
          { 'p50 at rest': round(rest.p50), 'p99 at rest': round(rest.p99), 'p50 busy': round(load.p50), 'p99 busy': round(load.p99) },
        ]
      }),
    ),
  )
  console.log(`Under load the monitor used ${Math.round(cpu * 100)} % of a core.`)
}
