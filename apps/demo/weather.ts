import { join } from 'node:path'
import { second } from '@hearthwatch/protocol/durations'
import { simulateChip } from './chip.ts'
import { type Room, valueAt } from './rooms.ts'

/** The values that the sensors of the demo measure. */
export interface Weather {
  /** Folder of a room's chip, which stands for `/sys`. */
  folderOf(room: Room): string
  valueAt(room: Room, quantity: string, time: number): number
  /** Sets the temperature of the kitchen until the next call; null: its usual course. °C */
  heat(celsius: number | null): Promise<void>
  stop(): void
}

/** Writes the values of all rooms each second; they continue the invented past. */
export async function startWeather(folder: string, rooms: readonly Room[], start: number): Promise<Weather> {
  const evening = new Date(start).setHours(20, 0, 0, 0)
  const folderOf = ({ id }: Room) => join(folder, 'sys', id)
  const courseAt = (room: Room, quantity: string, time: number) => valueAt(room, quantity, time, evening)
  let heated: number | null = null
  const chips = await Promise.all(rooms.map(async (room) => ({ room, set: await simulateChip(folderOf(room)) })))

  async function write(): Promise<void> {
    const time = Date.now()
    for (const { room, set } of chips) {
      const values = Object.fromEntries(Object.keys(room.courses).map((quantity) => [quantity, courseAt(room, quantity, time)]))
      if (room.id === 'pi-kitchen' && heated !== null) values.temperature = heated
      await set(values)
    }
  }

  let last = write()
  await last
  const timer = setInterval(() => {
    last = last.then(write).catch(() => {})
  }, second)
  return {
    folderOf,
    valueAt: courseAt,
    async heat(celsius) {
      heated = celsius
      last = last.then(write)
      await last
    },
    stop: () => clearInterval(timer),
  }
}
