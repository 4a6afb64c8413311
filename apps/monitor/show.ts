import type { Board } from './board.ts'
import type { Message } from './intake.ts'
import type { Presence } from './presence.ts'
import type { Store } from './store/store.ts'

/** Shows a reading at once, whether or not it is kept yet; what is old fills an empty tile, and nothing more. */
export function showOn(board: Board, presence: Pick<Presence, 'seriesName'>) {
  return (message: Message): void => {
    if (message.kind !== 'reading') return
    const { room, quantity, value, at } = message
    const { device } = presence.seriesName(message)
    const current = { value, time: message.time ?? at, device }
    const isOld = message.retained || message.late
    message.note?.(isOld ? 'old' : 'shown')
    if (isOld) return board.fill(room, quantity, current)
    board.show(room, quantity, current)
    board.tell({ type: 'reading', data: { room, quantity, ...current } })
  }
}

/** What the database knows is shown until something newer comes. The readings of a forgotten device stay, its tile does not. */
export function recall(board: Board, { readings, devices }: Pick<Store, 'readings' | 'devices'>): void {
  for (const { room, quantity, device, time, value } of readings.latest())
    if (device === null || devices.get(device)) board.show(room, quantity, { value, time, device })
}
