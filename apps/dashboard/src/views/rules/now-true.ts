import type { Room } from '@hearthwatch/api/rooms'
import type { RuleBody } from '@hearthwatch/api/rules'
import { matches } from '../room/limits.ts'

export interface NowTrue {
  /** The rooms of the rule that have a current value. */
  known: string[]
  /** Those of them in which its condition is true. */
  true: string[]
}

/**
 * The rooms in which the condition of a rule is true of the values shown now.
 * @returns null: the values of this moment do not tell it, or there is no limit yet
 */
export function nowTrue({ condition, quantity, limit, rooms = '*' }: RuleBody, all: readonly Room[]): NowTrue | null {
  const test = testOf(condition, limit)
  if (test === null || quantity === undefined) return null
  const here = all
    .filter(({ room }) => matches(rooms, room))
    .map(({ room, quantities }) => ({
      room,
      values: Object.entries(quantities).flatMap(([name, { value, stale }]) => (!stale && isMeant(name, quantity) ? [value] : [])),
    }))
    .filter(({ values }) => values.length > 0)
  const names = (rooms: readonly { room: string }[]) => rooms.map(({ room }) => room)
  return { known: names(here), true: names(here.filter(({ values }) => values.some(test))) }
}

/** `temperature` includes `temperature_2`, the second probe of a room. */
const isMeant = (name: string, quantity: string) => name === quantity || name.replace(/_\d+$/, '') === quantity

function testOf(condition: RuleBody['condition'], limit: RuleBody['limit']): ((value: number) => boolean) | null {
  const [low, high] = limit === undefined ? [] : [limit].flat()
  if (low === undefined || !Number.isFinite(low)) return null
  if (condition === 'above') return (value) => value > low
  if (condition === 'below') return (value) => value < low
  if (condition !== 'outside' || high === undefined || !Number.isFinite(high)) return null
  return (value) => value < low || value > high
}
