import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { link } from '../monitor/session.ts'
import { fresh } from '../monitor/state.ts'
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

/** The view that the address names, fetched when it is first wanted. */
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
    // Whoever reads with the keyboard or by ear goes on in the new view; home is left and come back to all the time.
    document.getElementById('content')?.focus({ preventScroll: true })
    scrollTo(0, view === 'home' ? homeScroll.value : 0)
  }, [view, rest[0]])
  if (!Object.hasOwn(views, view)) return <p class="empty">{frame().notFound}</p>
  // Home has something to show before the monitor has said anything; what others asked for now they would ask for twice.
  const isEarly = view !== 'home' && fresh.value === 0 && link.value !== 'lost'
  if (there === undefined || there === 'loading' || isEarly) return <p class="empty waiting">{frame().loading}</p>
  if (there !== 'failed') {
    const Component = there
    return <Component key={view} />
  }
  return (
    <div class="empty">
      <p>{frame().notLoaded}</p>
      {/* After an upgrade of the monitor its files have other names, which only a new page knows. */}
      <button type="button" class="button" onClick={() => location.reload()}>
        {frame().again}
      </button>
    </div>
  )
}
