import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { SMTPServer } from 'smtp-server'
import { inFolder, withBroker, withMonitor } from './program.ts'
import { against, progress } from './report.ts'

/** Number of measured crossings in each direction, of which the first ones only warm up. */
const crossings = 200
const warmUp = 20
/** Target of the median, ms. */
const target = 10

/** Measures the time from a reading over the limit to its mail, accepted by the server, without grouping. */
export function mail(): Promise<void> {
  return inFolder('mail', (folder) =>
    withBroker(async (url) => {
      const server = await startServer()
      const client = await mqtt.connectAsync(url, { clientId: 'bench-oven', protocolVersion: 4 })
      try {
        progress(`mail: ${crossings} crossings, bare`)
        const bare = fork(join(import.meta.dirname, 'bare-mailer.ts'), [url, server.url])
        await once(bare, 'message')
        const peer = await measure(client, server.accepted)
        bare.kill()
        await once(bare, 'exit')

        progress(`mail: ${crossings} crossings, monitor`)
        const settings = { MQTT_URL: url, SMTP_URL: server.url, MAIL_TO: 'ann@example.org', GROUP_WAIT: '0', GROUP_INTERVAL: '0' }
        const ours = await withMonitor(folder, settings, () => measure(client, server.accepted))

        console.log('\nTime from a reading over the limit to the accepted mail, ms (both directions: firing and resolved)')
        console.table({ 'mqtt.js and nodemailer, without storage': row(peer), monitor: row(ours) })
        console.log(
          `The monitor's median is ${against(quantile(ours, 0.5), target, 'at most', 1)} ms, including the commit of reading, alert and mail.`,
        )
      } finally {
        await client.endAsync(true)
        await server.close()
      }
    }),
  )
}

/** Crosses the limit repeatedly, each time after the mail of the previous crossing has arrived. */
async function measure(client: mqtt.MqttClient, accepted: () => Promise<number>): Promise<number[]> {
  const took: number[] = []
  const publish = (value: string) => client.publish('home/oven/temperature', value, { retain: true })
  // The readings of a new topic are deferred for 2 s, in case a device claims it.
  const first = accepted()
  publish('20.5')
  await new Promise((resolve) => setTimeout(resolve, 3000))
  publish('35.5')
  await first
  for (let i = 0; i < 2 * crossings; i++) {
    const arrived = accepted()
    const began = performance.now()
    publish(i % 2 === 0 ? '20.5' : '35.5')
    const end = await arrived
    if (i >= 2 * warmUp) took.push(end - began)
  }
  return took
}

/** A mail server that accepts everything and reports the time. */
async function startServer() {
  let onAccepted: ((at: number) => void) | undefined
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _, callback) {
      stream.resume()
      stream.on('end', () => {
        callback()
        onAccepted?.(performance.now())
      })
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    /** Time at which the next mail is accepted, by `performance.now()`. */
    accepted: () =>
      new Promise<number>((resolve) => {
        onAccepted = resolve
      }),
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN
}

function row(took: readonly number[]) {
  const [p50 = 0, p95 = 0] = [0.5, 0.95].map((part) => quantile(took, part))
  return { p50: Number(p50.toFixed(1)), p95: Number(p95.toFixed(1)), mails: took.length }
}
