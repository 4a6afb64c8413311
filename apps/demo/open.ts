import { join } from 'node:path'
import type { Health } from '@hearthwatch/api/rooms'
import { get, until } from './api.ts'
import { provision, type Room, rooms, thermometer } from './house.ts'
import { type Mail, startInbox } from './inbox.ts'
import { freePort } from './ports.ts'
import { type Running, start } from './processes.ts'
import type { Stage } from './story.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words.ts'

const root = join(import.meta.dirname, '..', '..')

export interface House extends Omit<Stage, 'signal'> {
  close(): Promise<void>
}

export interface HouseOptions {
  folder: string
  language: string
  words: Words
  terminal: Terminal
  signal: AbortSignal
  /** One of its processes ended although nobody asked it to. */
  onDeath(): void
}

/** Starts everything: the inbox here, the monitor with its broker and each sensor as a process of its own. */
export async function openHouse({ folder, language, words, terminal, signal, onDeath }: HouseOptions): Promise<House> {
  const passwords = await provision(folder)
  const heat = await thermometer(folder)
  await heat(22.4)

  async function port(what: string, wanted: number): Promise<string> {
    const free = await freePort(wanted)
    if (free !== wanted) terminal.story(words.busy(what, wanted, free))
    return String(free)
  }
  terminal.story(words.starting)
  const brokerPort = await port(words.broker, 1883)
  const pagePort = await port(words.monitor, 8080)
  const mailPort = await port(words.inbox, 1025)

  const mails: Mail[] = []
  const inbox = await startInbox(Number(mailPort), join(folder, 'mails'), (mail) => {
    mails.push(mail)
    terminal.mail(words.mail, mail.subject, mail.text)
  })

  const running = new Map<string, Running>()
  function run(name: string, script: string, settings: Record<string, string>): void {
    const onEnd = (code: number | null) => {
      terminal.trouble(words.died(name, code))
      onDeath()
    }
    const line = (text: string) => terminal.line(name, text)
    running.set(name, start(join(root, script), folder, { UI_LANGUAGE: language, ...settings }, line, onEnd))
  }

  const runSensor = ({ room, id, mean, spread }: Room) =>
    run(room, 'apps/sensor/main.ts', {
      MQTT_URL: `mqtt://127.0.0.1:${brokerPort}`,
      MQTT_USERNAME: id,
      MQTT_PASSWORD: passwords.get(id) ?? '',
      SENSOR_ID: id,
      ROOM: room,
      READ_INTERVAL: '1',
      HEARTBEAT_INTERVAL: '5',
      BATCH_INTERVAL: '2',
      // The kitchen's thermometer is a file, so that the story can heat it; the others make their own weather.
      ...(room === 'kitchen'
        ? { PROBE: 'w1', SYSFS_ROOT: join(folder, 'sys') }
        : { PROBE: 'simulated', SIMULATE_MEAN: String(mean), SIMULATE_SPREAD: String(spread) }),
    })

  const url = `http://127.0.0.1:${pagePort}/`
  run('monitor', 'apps/monitor/main.ts', {
    BROKER_PORT: brokerPort,
    HTTP_PORT: pagePort,
    DATABASE_FILE: 'hearthwatch.db',
    SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    MAIL_FROM: 'hearthwatch@home.example',
    MAIL_TO: 'you@home.example',
    GROUP_WAIT: '1',
    GROUP_INTERVAL: '3',
    PUBLIC_URL: url,
  })
  await until(async () => (await get<Health>(url, '/api/health')).status === 'ok', 20_000, signal)
  terminal.story(words.page(url))
  terminal.story(words.data(folder))
  rooms.forEach(runSensor)

  return {
    url,
    mails,
    terminal,
    words,
    heat,
    killBedroom: async () => running.get('bedroom')?.kill(),
    restartBedroom: () => rooms.filter(({ room }) => room === 'bedroom').forEach(runSensor),
    async close() {
      const monitor = running.get('monitor')
      running.delete('monitor')
      await Promise.all([...running.values()].map((sensor) => sensor.stop()))
      await monitor?.stop()
      await inbox.close()
    },
  }
}
