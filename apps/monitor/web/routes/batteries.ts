import { setImmediate as othersRun } from 'node:timers/promises'
import { isBattery, isLowBattery } from '@hearthwatch/api/battery'
import { BatteriesQuery, Battery, type Room } from '@hearthwatch/api/rooms'
import { day, hour } from '@hearthwatch/protocol/durations'
import Type from 'typebox'
import { batterySpan, daysLeft } from '../../rules/battery-life.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { inSlices } from '../http/in-slices.ts'
import type { RoomsAnswer } from '../rooms-answer.ts'

export interface BatteryOptions {
  readings: Pick<Store['readings'], 'range'>
  rooms: Pick<RoomsAnswer, 'names' | 'rooms'>
  now(): number
}

export function addBatteries(app: App, { readings, rooms, now }: BatteryOptions): void {
  /** A battery lasts for months, and its slope is the work of weeks of readings: it is calculated once an hour. */
  const known = new Map<string, { at: number; left: number | null }>()

  function leftOf(room: string, quantity: string): number | null {
    const key = JSON.stringify([room, quantity])
    const before = known.get(key)
    if (before && now() - before.at < hour) return before.left
    const span = { room, quantity, from: now() - batterySpan, to: now() + 1 }
    const { points } = readings.range(span, batterySpan / day + 1)
    const left = daysLeft(points.map(([time, , mean]) => [time, mean]))
    known.set(key, { at: now(), left })
    return left
  }

  app.get(
    '/api/batteries',
    { schema: { summary: 'The batteries, the emptiest first', querystring: BatteriesQuery, response: { 200: Type.Array(Battery) } } },
    async ({ query: { limit } }) => {
      const all: Omit<Battery, 'left'>[] = []
      for await (const slice of inSlices(rooms.names(), rooms.rooms)) all.push(...slice.flatMap(batteriesIn))
      const present = new Set(all.map(({ room, quantity }) => JSON.stringify([room, quantity])))
      for (const key of known.keys()) if (!present.has(key)) known.delete(key)
      const shown = all.sort((a, b) => a.value - b.value).slice(0, limit)
      const answer: Battery[] = []
      // Each needs a query of weeks.
      for (const battery of shown) {
        answer.push({ ...battery, left: leftOf(battery.room, battery.quantity) })
        if (answer.length % 10 === 0) await othersRun()
      }
      return answer
    },
  )
}

function batteriesIn({ room, name, quantities }: Room): Omit<Battery, 'left'>[] {
  return Object.entries(quantities).flatMap(([quantity, { value, time, stale }]) =>
    isBattery(quantity) ? [{ room, name, quantity, value, time, stale, low: isLowBattery(quantity, value) }] : [],
  )
}
