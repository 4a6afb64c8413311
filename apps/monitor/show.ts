import type { Board } from './board.ts'
import type { Message } from './intake.ts'
import type { Presence } from './presence.ts'

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
