import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent } from '@hearthwatch/log'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { readConfig } from '../../monitor/config/config.ts'
import { startMonitor } from '../../monitor/monitor.ts'
import { writePast } from '../past.ts'
import { freePort } from '../ports.ts'
import { provision } from '../provision.ts'
import { rooms } from '../rooms.ts'
import { pictured } from './oven.ts'
import { startSensor } from './sensors.ts'

/**
 * Starts a monitor with a year of readings from eight rooms, in a temporary folder. One room is too hot, and the sensor of one
 * is offline. The sensors run in this process.
 */
export async function startDemoWithPast(): Promise<{ url: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'))
  const closers: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })]
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    const passwords = await provision(folder, rooms)
    const inbox = await startInbox()
    closers.push(() => inbox.close())
    const ntfy = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end('{"id":"x","time":1,"event":"message","topic":"home"}'),
    ).listen(0, '127.0.0.1')
    closers.push(() => ntfy.close())
    const unusedPort = await freePort(0)
    const file = join(folder, 'house.db')
    const now = Date.now()
    writePast(file, { rooms, now, valueAt: (room, quantity, time) => pictured(room, quantity, time, now) })
    const settings = {
      DATABASE_FILE: file,
      HTTP_PORT: '0',
      BROKER_PORT: '0',
      TZ: 'Asia/Taipei',
      GROUP_WAIT: '0.2',
      SMTP_URL: inbox.url,
      MAIL_TO: 'family@home.example',
      NOTIFY_URLS: [
        `ntfy://127.0.0.1:${(ntfy.address() as AddressInfo).port}/home`,
        `ntfy://127.0.0.1:${unusedPort}/home?name=grandparents&quiet=22:00-07:00`,
      ].join(' '),
    }
    const config = { ...readConfig(settings, []), brokerFiles: join(folder, 'mosquitto') }
    const monitor = await startMonitor(config, silent)
    closers.push(() => monitor.close())
    for (const room of rooms) {
      if (room.silentFor !== undefined) continue
      const sensor = startSensor(room, `mqtt://127.0.0.1:${monitor.brokerPort}`, passwords.get(room.id) ?? '')
      closers.push(() => sensor.close())
    }
    return { url: monitor.url, close }
  } catch (error) {
    await close()
    throw error
  }
}
