import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '@hearthwatch/api/alerts'
import type { Room } from '@hearthwatch/api/rooms'
import { get, until } from './api.ts'
import { rooms } from './house.ts'
import type { Mail } from './inbox.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words.ts'

/** What the story may touch. */
export interface Stage {
  url: string
  mails: readonly Mail[]
  terminal: Terminal
  words: Words
  /** Sets the temperature of the kitchen, °C. */
  heat(celsius: number): Promise<void>
  killBedroom(): Promise<void>
  restartBedroom(): void
  signal: AbortSignal
}

/** The longest that a step may take. ms */
const patience = 30_000

/**
 * Plays the story and checks each step by what the monitor and the inbox say.
 * @returns the step that was not seen in time; null when all were
 */
export async function play(stage: Stage): Promise<string | null> {
  const { url, mails, terminal, words, signal } = stage
  const roomsNow = () => get<Room[]>(url, '/api/rooms')
  const alertsNow = () => get<Alert[]>(url, '/api/alerts')
  const hasAlert = async (rule: string, room: string, state: string) =>
    (await alertsNow()).some((alert) => alert.rule === rule && alert.room === room && alert.state === state)
  // A mail may tell several things at once, so each is looked for among all that have come.
  const toldOf = (room: string, times: number) => mails.filter(({ subject, text }) => `${subject}\n${text}`.includes(room)).length >= times

  async function step(name: string, seen: () => Promise<boolean>): Promise<void> {
    if (!(await until(seen, patience, signal))) throw new Missed(name)
    terminal.story(name)
  }

  try {
    await step(words.readings, async () => {
      const now = await roomsNow()
      return rooms.every(({ room }) =>
        now.some((view) => view.room === room && view.status === 'online' && view.quantities.temperature !== undefined),
      )
    })
    await showRooms(stage)

    terminal.story(words.heating)
    for (let celsius = 23; celsius < 32; celsius += 1.7) {
      await stage.heat(celsius)
      await delay(600, undefined, { signal })
    }
    await step(words.hot, async () => (await hasAlert('too-hot', 'kitchen', 'firing')) && toldOf('kitchen', 1))

    terminal.story(words.kill)
    await stage.killBedroom()
    await step(words.offline, async () => {
      const dark = (await roomsNow()).some(({ room, status }) => room === 'bedroom' && status === 'offline')
      return dark && (await hasAlert('offline', 'bedroom', 'firing')) && toldOf('bedroom', 1)
    })

    terminal.story(words.recovering)
    stage.restartBedroom()
    await stage.heat(22.6)
    await step(words.recovered, async () => {
      const ended = (await hasAlert('too-hot', 'kitchen', 'resolved')) && (await hasAlert('offline', 'bedroom', 'resolved'))
      return ended && toldOf('kitchen', 2) && toldOf('bedroom', 2)
    })
    await showRooms(stage)
    return null
  } catch (error) {
    if (error instanceof Missed) return error.message
    throw error
  }
}

class Missed extends Error {}

async function showRooms({ url, terminal }: Stage): Promise<void> {
  const now = await get<Room[]>(url, '/api/rooms')
  const values = now.map(({ room, quantities }) => `${room} ${quantities.temperature?.value.toFixed(1)} °C`)
  terminal.story(`  ${values.join(' · ')}`)
}
