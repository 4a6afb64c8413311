import type { Room, RoomPage, RoomsQuery } from '@hearthwatch/api/rooms'
import type { LiveState } from '../live/live-state.ts'
import { createRoomList } from '../live/room-list.ts'
import { pageOf, WrongCursor } from '../live/room-page.ts'
import { createRoomViews } from '../live/room-view.ts'
import type { Store } from '../store/store.ts'
import { FieldError } from './http/errors.ts'
import type { Views } from './views.ts'

export interface RoomsAnswerOptions {
  store: Pick<Store, 'devices' | 'labels' | 'alerts'>
  liveState: LiveState
  views: Views
  /** ms after which a value of this device is stale */
  staleAfter(device: string | null, room: string): number
  now(): number
}

export type RoomsAnswer = ReturnType<typeof createRoomsAnswer>

/** Rooms a page has if the request names no number. */
const usual = 200

/** Answers about rooms, in the shape of the API. */
export function createRoomsAnswer({ store, liveState, views, staleAfter, now }: RoomsAnswerOptions) {
  const list = createRoomList(liveState, store)
  const roomViews = createRoomViews({ liveState, list, alerts: store.alerts, staleAfter, now })
  const answer = (names: readonly string[]): Room[] => roomViews.of(names).map((view) => views.room(view, list.labelOf(view.room)))
  const counts = () => ({ total: list.own().length, online: roomViews.online() })

  return {
    /** The names of all rooms, in their own order. */
    names: list.own,
    nameOf: (room: string) => list.labelOf(room)?.name ?? null,
    rooms: answer,
    counts,

    /** Those of the named rooms that exist. */
    existing: (names: readonly string[]) => answer(names.filter(list.has)),

    /** @throws FieldError for a cursor that no page has had */
    page({ limit = usual, ...query }: RoomsQuery): RoomPage {
      try {
        const { names, next, found } = pageOf(list, roomViews.troubles, { limit, ...query })
        return { rooms: answer(names), next, found, ...counts(), groups: list.groups() }
      } catch (error) {
        if (!(error instanceof WrongCursor)) throw error
        throw new FieldError('after must be the `next` of a page in this order', [{ field: 'after', problem: 'wrong-format' }])
      }
    },
  }
}
