import type { Room } from '@hearthwatch/api/rooms'
import type { Rule } from '@hearthwatch/api/rule'
import { freezing } from '@hearthwatch/api/rule-bounds'
import { matches } from '../room/limits.ts'
import { nowTrue } from './now-true.ts'
import { patternOf } from './patterns.ts'

export const blank = {
  name: '',
  enabled: true,
  rooms: '*',
  for: 0,
  keepFiringFor: 0,
  severity: 'warning',
  noData: 'keep',
  repeat: [] as number[],
  channels: [] as string[],
} as const

/** Templates of a new rule. */
export const presets = {
  freezer: {
    ...blank,
    name: 'freezer',
    quantity: 'temperature',
    condition: 'above',
    limit: -15,
    for: 600,
    severity: 'critical',
    repeat: [15, 30, 60],
  },
  frost: { ...blank, name: 'frost', quantity: 'temperature', condition: 'below', limit: 3, for: 300 },
  damp: { ...blank, name: 'damp', quantity: 'humidity', condition: 'above', limit: 65, for: 3600, severity: 'info' },
  rise: { ...blank, name: 'fast-rise', quantity: 'temperature', condition: 'rises', limit: 5, window: 600, severity: 'critical' },
  blank: { ...blank, quantity: 'temperature', condition: 'above' },
} as const satisfies Record<string, Rule | object>
export type Preset = keyof typeof presets
export const presetNames = Object.keys(presets) as Preset[]

/** Rooms that are called a freezer, as in the built-in rule. */
const freezers = 'freezer*,冷凍*'

/** The rooms in which a template makes sense, as the field of the form has them; '': a person has to choose them. */
export function roomsFor(preset: Preset, rooms: readonly Room[]): string {
  if (preset === 'blank') return '*'
  if (preset === 'freezer') return patternsFor(rooms.filter(({ room, quantities }) => matches(freezers, room) || isFreezing(quantities)))
  // A room in which it would fire at once is meant to be like that: a freezer needs no warning of frost.
  const found = nowTrue({ ...presets[preset], rooms: '*' }, rooms)
  if (found === null || found.true.length === 0) return '*'
  return patternsFor(rooms.filter(({ room }) => found.known.includes(room) && !found.true.includes(room)))
}

const isFreezing = ({ temperature }: Room['quantities']) => temperature !== undefined && temperature.value < freezing
const patternsFor = (rooms: readonly Room[]) => rooms.map(({ room }) => patternOf(room)).join(', ')
