import type { Room } from '@hearthwatch/api/rooms'
import { roomName } from '../../words/alert-sentence.ts'
import { quantityName } from '../../words/quantities.ts'
import { type Draft, draftOf } from './draft.ts'
import { patternOf } from './patterns.ts'
import { blank, type Preset, presets, roomsFor } from './presets.ts'
import { freeTitle } from './rule-id.ts'

/** The draft of a template, with the rooms in which it makes sense. */
export const draftFrom = (preset: Preset, rooms: readonly Room[]): Draft => draftOf({ ...presets[preset], rooms: roomsFor(preset, rooms) })

/**
 * The draft that a link asks for: `#/rules/new?room=kitchen&quantity=temperature&condition=above&limit=25`.
 * @param taken titles of other rules
 */
export function draftFromQuery(query: URLSearchParams, taken: readonly string[]): Draft {
  const quantity = query.get('quantity')
  const limit = Number(query.get('limit') ?? Number.NaN)
  const condition = query.get('condition') === 'below' ? 'below' : 'above'
  if (quantity === null || !Number.isFinite(limit)) return draftFrom('blank', [])
  const room = query.get('room')
  const title = freeTitle([...(room === null ? [] : [roomName(room)]), quantityName(quantity)].join(' · '), taken)
  return { ...draftOf({ ...blank, quantity, condition, limit, rooms: room === null ? '*' : patternOf(room) }), title }
}
