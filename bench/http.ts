import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { day } from '@hearthwatch/protocol/durations'
import { freePort, startMosquitto } from '@hearthwatch/testhouse/mosquitto'
import mqtt from 'mqtt'
import { asInTheHouse, databaseOf, inFolder, monitorSettings, startProgram } from './program.ts'
import { progress } from './report.ts'
import { usage } from './usage.ts'
import { layYear, percentile, room } from './year.ts'

const pages = 50
/** Readings a second, and rooms that they come from. */
const rate = 2000
const rooms = 100
/** s to come to rest, and s that are measured */
const settles = 3
const lasts = 20

/** How long the page waits for its answers while the house is at its busiest. */
export function http(): Promise<void> {
  return inFolder('http', async (folder) => {
    progress('http: a year is laid down')
    const end = layYear(databaseOf(folder))
    const broker = await startMosquitto(asInTheHouse)
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const MQTT_URL = `mqtt://127.0.0.1:${broker.port}`
    try {
      const monitor = await startProgram('monitor', { folder, settings: { MQTT_URL, ...monitorSettings(folder), HTTP_PORT: String(port) } })
      const paths = {
        '/api/rooms': '/api/rooms',
        'a day of a room': `/api/readings?room=${room}&quantity=temperature&from=${end - day}&to=${end}`,
        'a year of a room': `/api/readings?room=${room}&quantity=temperature&from=${end - 365 * day}&to=${end}`,
      }
      try {
        progress('http: at rest')
        // The first answers of all are slow: the code is being compiled.
        await ask(url, paths, 1)
        const quiet = await ask(url, paths, settles)
        const watchers = fork(join(import.meta.dirname, 'pages.ts'), [url, String(pages)])
        await once(watchers, 'message')
        const source = await publish(MQTT_URL)
        progress(`http: ${settles + lasts} s with ${pages} pages and ${rate} readings/s`)
        await delay(settles * 1000)
        const before = { cpu: (await usage(monitor.pid)).cpu, sent: source.sent, at: performance.now() }
        const busy = await ask(url, paths, lasts)
        const passed = (performance.now() - before.at) / 1000
        const cpu = ((await usage(monitor.pid)).cpu - before.cpu) / passed
        const came = (source.sent - before.sent) / passed
        watchers.send('how much?')
        const [{ open }] = (await once(watchers, 'message')) as [{ open: number }]
        watchers.kill()
        await source.stop()
        report({ quiet, busy, cpu, came, open })
      } finally {
        await monitor.stop()
      }
    } finally {
      await broker.stop()
    }
  })
}

/** Readings as many foreign sensors send them, 20 times a second a handful. */
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
    // A page does not ask all the time.
    await delay(20)
  }
  return times
}

function report({ quiet, busy, cpu, came, open }: { quiet: Times; busy: Times; cpu: number; came: number; open: number }): void {
  console.log(`\nAnswers of the page, in ms: at rest, and with ${open} of ${pages} pages open and ${Math.round(came)} readings/s coming in`)
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
  console.log(`The monitor needed ${Math.round(cpu * 100)} % of a core meanwhile.`)
}
