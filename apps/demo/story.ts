import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room as RoomView } from '@hearthwatch/api/rooms'
import { until } from '@hearthwatch/testhouse/eventually'
import type { Mail } from '@hearthwatch/testhouse/servers/inbox'
import { get } from './api.ts'
import type { Room } from './rooms.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words.ts'

/** The parts of the demo that the story uses. */
export interface StoryContext {
  url: string
  mails: readonly Mail[]
  terminal: Terminal
  words: Words
  rooms: readonly Room[]
  /** Rooms of the story: their names in MQTT, and for people. */
  kitchen: { room: string; name: string }
  bedroom: { room: string; name: string }
  /** Sets the temperature of the kitchen, °C. */
  heat(celsius: number | null): Promise<void>
  killBedroom(): Promise<void>
  restartBedroom(): void
  signal: AbortSignal
}

/** Timeout of a step, ms. */
const stepTimeout = 30_000

/**
 * Plays the story and checks each step by the API of the monitor and by the received mails.
 * @returns the step that timed out; null if none did
 */
export async function play(context: StoryContext): Promise<string | null> {
  const { url, mails, terminal, words, rooms, kitchen, bedroom, signal } = context
  const roomsNow = () => get<RoomView[]>(url, '/api/rooms')
  const alertsNow = () => get<Alert[]>(url, '/api/alerts')
  const hasAlert = async (rule: string, room: string, state: string) =>
    (await alertsNow()).some((alert) => alert.rule === rule && alert.room === room && alert.state === state)
  // A mail may contain several alerts, so all received mails are searched.
  const mailsName = (room: string, times: number) =>
    mails.filter(({ subject, text }) => `${subject}\n${text}`.includes(room)).length >= times

  async function step(name: string, condition: () => Promise<boolean>): Promise<void> {
    if (!(await until(condition, stepTimeout, { signal }))) throw new StepFailed(name)
    terminal.story(name)
  }

  try {
    await step(words.readings, async () => {
      const now = await roomsNow()
      return rooms.every(({ room }) =>
        now.some((view) => view.room === room && view.status === 'online' && view.quantities.temperature !== undefined),
      )
    })
    await showRooms(context)

    terminal.story(words.heating)
    for (let celsius = 23; celsius < 32; celsius += 1.7) {
      await context.heat(celsius)
      await delay(600, undefined, { signal })
    }
    await step(words.hot, async () => (await hasAlert('too-hot', kitchen.room, 'firing')) && mailsName(kitchen.name, 1))

    terminal.story(words.kill)
    await context.killBedroom()
    await step(words.offline, async () => {
      const isOffline = (await roomsNow()).some(({ room, status }) => room === bedroom.room && status === 'offline')
      return isOffline && (await hasAlert('offline', bedroom.room, 'firing')) && mailsName(bedroom.name, 1)
    })

    terminal.story(words.recovering)
    context.restartBedroom()
    await context.heat(null)
    await step(words.recovered, async () => {
      const resolved = (await hasAlert('too-hot', kitchen.room, 'resolved')) && (await hasAlert('offline', bedroom.room, 'resolved'))
      return resolved && mailsName(kitchen.name, 2) && mailsName(bedroom.name, 2)
    })
    await showRooms(context)
    return null
  } catch (error) {
    if (error instanceof StepFailed) return error.message
    throw error
  }
}

class StepFailed extends Error {}

async function showRooms({ url, terminal }: StoryContext): Promise<void> {
  const now = await get<RoomView[]>(url, '/api/rooms')
  const values = now.map(({ room, name, quantities }) => `${name ?? room} ${quantities.temperature?.value.toFixed(1)} °C`)
  terminal.story(`  ${values.join(' · ')}`)
}
