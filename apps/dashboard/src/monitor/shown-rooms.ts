import type { ShownRooms } from '@hearthwatch/api/rooms'
import { batch, signal } from '@preact/signals'
import { ask, withinPatience } from './ask.ts'
import { streamName } from './events.ts'
import { house, isLarge, takeRooms } from './rooms.ts'

/** Number of views that show each room of a large house. */
const shown = new Map<string, number>()
/** Shown rooms that do not exist. */
export const missing = signal<ReadonlySet<string>>(new Set())
/** As in `POST /api/events/{stream}/rooms`. */
const mostShown = 500
/** ms */
const soon = 150
let telling: ReturnType<typeof setTimeout> | undefined

/** Loads this room and its events while it is shown. A house that is not large is loaded already. @returns ends it */
export function show(name: string): () => void {
  shown.set(name, (shown.get(name) ?? 0) + 1)
  tellSoon()
  return () => {
    const count = shown.get(name) ?? 0
    if (count > 1) shown.set(name, count - 1)
    else shown.delete(name)
    tellSoon()
  }
}

export function tellSoon(): void {
  if (!isLarge.peek() || isPaused) return
  clearTimeout(telling)
  telling = setTimeout(
    () =>
      void loadShown()
        .then((take) => take())
        .catch(() => {}),
    soon,
  )
}

/** Names the shown rooms to the monitor, so that it sends no events of others. @returns takes its answer */
export async function loadShown(): Promise<() => void> {
  // The latest come last.
  const names = [...shown.keys()].slice(-mostShown)
  const { rooms: answer, total, online } = await limitStream(names)
  const there = new Set(answer.map(({ room }) => room))
  const gone = names.filter((name) => !there.has(name))
  return () =>
    batch(() => {
      if (!isLarge.value) return
      takeRooms(answer, gone)
      missing.value = new Set(gone)
      house.value = { ...house.value, total, online }
    })
}

/** True while the house is about to be loaded as a whole. */
let isPaused = false

/** Stops naming the shown rooms, or goes on. */
export function pauseTelling(paused: boolean): void {
  isPaused = paused
  clearTimeout(telling)
}

let before: Promise<unknown> = Promise.resolve()

/** One after the other: the last one counts. */
export function limitStream(names: readonly string[] | null): Promise<ShownRooms> {
  const request = () =>
    ask<ShownRooms>(`api/events/${streamName}/rooms`, { method: 'POST', body: { rooms: names }, signal: withinPatience() })
  const answer = before.then(request)
  before = answer.catch(() => {})
  return answer
}
