import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Health } from '@hearthwatch/api/rooms'
import { until } from '@hearthwatch/testhouse/eventually'
import { startInbox } from '@hearthwatch/testhouse/servers/inbox'
import { get } from './api.ts'
import { nameRooms } from './names.ts'
import { writePast } from './past.ts'
import { freePort } from './ports.ts'
import { type Process, startProcess } from './processes.ts'
import { provision } from './provision.ts'
import { demoRooms, type Room } from './rooms.ts'
import type { StoryContext } from './story.ts'
import type { Terminal } from './terminal.ts'
import { startWeather } from './weather.ts'
import type { Words } from './words.ts'

const root = join(import.meta.dirname, '..', '..')

export interface Demo extends Omit<StoryContext, 'signal'> {
  close(): Promise<void>
}

export interface DemoOptions {
  folder: string
  language: 'en' | 'zh-TW'
  words: Words
  terminal: Terminal
  signal: AbortSignal
  /** A process ended without having been stopped. */
  onCrash(): void
}

/** Starts the inbox in this process, and the monitor with its embedded broker and each sensor in separate processes. */
export async function startDemo({ folder, language, words, terminal, signal, onCrash }: DemoOptions): Promise<Demo> {
  const rooms = demoRooms(language)
  const passwords = await provision(folder, rooms, ['guest'])
  const now = Date.now()
  const weather = await startWeather(folder, rooms, now)

  async function port(what: string, preferred: number): Promise<string> {
    const free = await freePort(preferred)
    if (free !== preferred) terminal.story(words.busy(what, preferred, free))
    return String(free)
  }
  terminal.story(words.starting)
  const database = join(folder, 'hearthwatch.db')
  // A folder that was named by `--data` may have the past of an earlier demo.
  if (!existsSync(database)) writePast(database, { rooms, now, valueAt: weather.valueAt })
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

  const runSensor = (its: Room) => {
    const { id, room } = its
    run(room, 'apps/sensor/main.ts', {
      MQTT_URL: `mqtt://127.0.0.1:${brokerPort}`,
      MQTT_USERNAME: id,
      MQTT_PASSWORD: passwords.get(id) ?? '',
      SENSOR_ID: id,
      ROOM: room,
      READ_INTERVAL: '1',
      HEARTBEAT_INTERVAL: '5',
      BATCH_INTERVAL: '2',
      PROBE: 'iio',
      SYSFS_ROOT: weather.folderOf(its),
    })
  }

  const url = `http://127.0.0.1:${pagePort}/`
  run('monitor', 'apps/monitor/main.ts', {
    BROKER_PORT: brokerPort,
    HTTP_PORT: pagePort,
    DATABASE_FILE: database,
    SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    MAIL_FROM: 'hearthwatch@home.example',
    MAIL_TO: 'family@home.example',
    GROUP_WAIT: '1',
    GROUP_INTERVAL: '3',
    PUBLIC_URL: url,
    PAGE_NOTICE: words.invented,
  })
  await until(async () => (await get<Health>(url, '/api/health')).status === 'ok', 20_000, { signal })
  terminal.story(words.page(url))
  terminal.story(words.guest(brokerPort, passwords.get('guest') ?? ''))
  terminal.story(words.data(folder))
  await nameRooms(url, rooms, language)
  rooms.forEach(runSensor)

  const [kitchen, bedroom] = ['pi-kitchen', 'pi-bedroom'].map((id) => rooms.find((room) => room.id === id)) as [Room, Room]

  return {
    url,
    mails: inbox.mails,
    terminal,
    words,
    rooms,
    kitchen: { room: kitchen.room, name: kitchen.names[language] },
    bedroom: { room: bedroom.room, name: bedroom.names[language] },
    heat: weather.heat,
    killBedroom: async () => running.get(bedroom.room)?.kill(),
    restartBedroom: () => runSensor(bedroom),
    async close() {
      weather.stop()
      const monitor = running.get('monitor')
      running.delete('monitor')
      await Promise.all([...running.values()].map((sensor) => sensor.stop()))
      await monitor?.stop()
      await inbox.close()
    },
  }
}
