import { useEffect, useRef } from 'preact/hooks'
import { listed, showList, showMore } from '../../monitor/room-pages.ts'
import { isLarge } from '../../monitor/rooms.ts'
import { connections } from '../../monitor/state.ts'
import { useNear } from '../../parts/use-near.ts'
import { number } from '../../words/numbers.ts'
import { say } from './words.ts'

/** ms without typing after which the monitor is asked */
const typed = 200

/** Loads the list of a large house, and another one when it is searched or sorted. */
export function useLargeList(order: 'home' | 'trouble', search: string): void {
  useEffect(() => {
    if (!isLarge.value) return
    const load = () => void showList({ order, search, group: undefined }).catch(() => {})
    const timer = setTimeout(load, listed.peek().of === null ? 0 : typed)
    return () => clearTimeout(timer)
  }, [isLarge.value, order, search, connections.value])
}

/** Screens below which the next page is loaded. */
const nearby = 2.5

/** Loads the next page of a large house when it comes close to the view, or is pressed. */
export function More({ shown, found }: { shown: number; found: number }) {
  const place = useRef<HTMLDivElement>(null)
  const { isNear } = useNear(place)
  const { next } = listed.value
  const load = () => void showMore().catch(() => {})
  useEffect(() => {
    if (!isNear || next === null) return
    // New tiles may have pushed this place away, which the observer reports later.
    const frame = requestAnimationFrame(() => {
      if (place.current !== null && place.current.getBoundingClientRect().top < nearby * innerHeight) load()
    })
    return () => cancelAnimationFrame(frame)
  }, [isNear, next])
  return (
    <div ref={place} class="home-more">
      {next !== null && (
        <button type="button" class="button" onClick={load}>
          {say().more(number(shown), number(found))}
        </button>
      )}
    </div>
  )
}
