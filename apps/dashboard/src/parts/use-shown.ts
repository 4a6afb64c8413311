import { useEffect } from 'preact/hooks'
import { show } from '../monitor/shown-rooms.ts'

/** Loads these rooms of a large house, and their events, while a part of the page shows them. */
export function useShown(names: readonly (string | null)[]): void {
  useEffect(() => {
    const ends = names.flatMap((name) => (name === null ? [] : [show(name)]))
    return () => {
      for (const end of ends) end()
    }
  }, [JSON.stringify(names)])
}
