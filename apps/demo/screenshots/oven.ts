import { minute } from '@hearthwatch/protocol/durations'
import { type Room, valueAt } from '../rooms.ts'

/** Heating of the kitchen by the oven: time since its beginning in ms, and its amplitude in °C. */
const oven = { since: 38 * minute, amplitude: 9.3 }

/**
 * The value in the pictures: as in the demo, and the oven heats the kitchen.
 * @param now time of the pictures, ms. The daily wave is relative to it, so that pictures of any hour look alike
 */
export function pictured(room: Room, quantity: string, time: number, now: number): number {
  const value = valueAt(room, quantity, time, now)
  const before = Math.max(0, now - time)
  if (room.id !== 'pi-kitchen' || quantity !== 'temperature' || before >= oven.since) return value
  return Number((value + oven.amplitude * (1 - before / oven.since) ** 0.6).toFixed(2))
}
