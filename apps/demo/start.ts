import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Health } from '@hearthwatch/api/rooms'
import { until } from '@hearthwatch/testhouse/eventually'
import { startInbox } from '@hearthwatch/testhouse/inbox'
import { get } from './api.ts'
import { freePort } from './ports.ts'
import { type Process, startProcess } from './processes.ts'
import { provision, simulateThermometer } from './provision.ts'
import { type Room, rooms } from './rooms.ts'
import type { StoryContext } from './story.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words.ts'

const root = join(import.meta.dirname, '..', '..')

export interface Demo extends Omit<StoryContext, 'signal'> {
  close(): Promise<void>
}

export interface DemoOptions {
  folder: string
  language: string
  words: Words
  terminal: Terminal
  signal: AbortSignal
  /** A process ended without having been stopped. */
  onCrash(): void
}

/** Starts the inbox in this process, and the monitor with its embedded broker and each sensor in separate processes. */
export async function startDemo({ folder, language, words, terminal, signal, onCrash }: DemoOptions): Promise<Demo> {
  const passwords = await provision(folder, rooms)
  const heat = await simulateThermometer(folder)
  await heat(22.4)

  async function port(what: string, preferred: number): Promise<string> {
    const free = await freePort(preferred)
    if (free !== preferred) terminal.story(words.busy(what, preferred, free))
    return String(free)
  }
  terminal.story(words.starting)
  const brokerPort = await port(words.broker, 1883)
  const pagePort = await port(words.monitor, 8080)
  const mailPort = await port(words.inbox, 1025)

  let count = 0
  const inbox = await startInbox({
    port: Number(mailPort),
    answers: {
      async mail({ raw, subject, text }) {
        count += 1
        await writeFile(join(folder, 'mails', `${count}.eml`), raw)
        terminal.mail(words.mail, subject, text)
        return undefined
      },
    },
  })

  const running = new Map<string, Process>()
  function run(name: string, script: string, settings: Record<string, string>): void {
    const onExit = (code: number | null) => {
      terminal.error(words.exited(name, code))
      onCrash()
    }
    const line = (text: string) => terminal.line(name, text)
    running.set(name, startProcess(join(root, script), folder, { UI_LANGUAGE: language, ...settings }, line, onExit))
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
      // The story sets the kitchen's temperature through a file; the other sensors simulate their own.
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
  await until(async () => (await get<Health>(url, '/api/health')).status === 'ok', 20_000, { signal })
  terminal.story(words.page(url))
  terminal.story(words.data(folder))
  rooms.forEach(runSensor)

  return {
    url,
    mails: inbox.mails,
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
