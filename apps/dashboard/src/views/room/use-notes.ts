import type { Note } from '@hearthwatch/api/notes'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask, withQuery } from '../../monitor/ask.ts'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'

/** The notes of a room in the order of time, loaded again when one changes. */
export function useNotes(room: string): readonly Note[] {
  const notes = useSignal<readonly Note[]>([])
  useEffect(() => {
    let isWanted = true
    const load = () =>
      ask<Note[]>(withQuery('api/notes', { room })).then(
        (answered) => {
          if (isWanted) notes.value = answered
        },
        // The next connection loads them.
        () => {},
      )
    void load()
    const stop = onEvent('note', (changed) => {
      if (changed.room === room) void load()
    })
    return () => {
      isWanted = false
      stop()
    }
  }, [room, connections.value])
  return notes.value
}
