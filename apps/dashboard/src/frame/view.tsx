import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { link } from '../monitor/session.ts'
import { connections } from '../monitor/state.ts'
import { homeScroll, route } from '../route.ts'
import { views } from '../views/index.ts'
import { frame } from '../words/frame.ts'

type Loaded = ComponentType | 'loading' | 'failed'
const loaded = signal<Readonly<Record<string, Loaded>>>({})

async function load(view: string): Promise<void> {
  const found = views[view]
  if (found === undefined) return
  loaded.value = { ...loaded.value, [view]: 'loading' }
  try {
    const { default: component } = await found()
    loaded.value = { ...loaded.value, [view]: component }
  } catch {
    loaded.value = { ...loaded.value, [view]: 'failed' }
  }
}

/** The view that the address names; its code is loaded on first use. */
export function View() {
  const { view, rest } = route.value
  const there = loaded.value[view]
  const isFirst = useRef(true)
  useEffect(() => {
    if (loaded.value[view] === undefined) void load(view)
    if (isFirst.current) {
      isFirst.current = false
      return
    }
    // Keyboard and screen reader continue in the new view; home returns to its scroll position.
    document.getElementById('content')?.focus({ preventScroll: true })
    scrollTo(0, view === 'home' ? homeScroll.value : 0)
  }, [view, rest[0]])
  if (!Object.hasOwn(views, view)) return <p class="empty">{frame().notFound}</p>
  // Home and the wall can show saved rooms before the first answer. Other views wait, because they would send their requests twice.
  const isEarly = view !== 'home' && view !== 'wall' && connections.value === 0 && link.value !== 'lost'
  if (there === undefined || there === 'loading' || isEarly) return <p class="empty waiting">{frame().loading}</p>
  if (there !== 'failed') {
    const Component = there
    return <Component key={view} />
  }
  return (
    <div class="empty">
      <p>{frame().notLoaded}</p>
      {/* After an upgrade of the monitor its files have new names, which only a reloaded page knows. */}
      <button type="button" class="button" onClick={() => location.reload()}>
        {frame().again}
      </button>
    </div>
  )
}
