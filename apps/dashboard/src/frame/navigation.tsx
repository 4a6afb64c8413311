import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { link } from '../monitor/session.ts'
import { pressing } from '../monitor/state.ts'
import { Icon } from '../parts/icon.tsx'
import { Mark } from '../parts/mark.tsx'
import { href, route } from '../route.ts'
import { frame } from '../words/frame.ts'

const first = ['home', 'alerts', 'devices', 'rules', 'notifications'] as const
const further = ['wire', 'settings'] as const
type Name = (typeof first)[number] | (typeof further)[number]

/** A bar at the side; on a phone at the bottom, with the less used views behind a button. */
export function Navigation() {
  return (
    <header class="bar">
      <p class="brand">
        <Mark />
        <span>Hearthwatch</span>
      </p>
      <nav aria-label={frame().navigation}>
        <ul class="entries">
          {first.map((name) => (
            <Entry key={name} name={name} />
          ))}
        </ul>
        <Further />
      </nav>
      <Link />
    </header>
  )
}

function Entry({ name }: { name: Name }) {
  const { view } = route.value
  const isHere = view === name || (view === 'room' && name === 'home')
  const count = name === 'alerts' ? pressing.value.length : 0
  return (
    <li>
      <a href={href(name)} aria-current={isHere ? 'page' : undefined}>
        <Icon name={name} />
        <span class="entry-name">{frame().views[name]}</span>
        {count > 0 && (
          <span class={`count ${pressing.value[0]?.severity}`}>
            <span aria-hidden="true">{count}</span>
            <span class="unseen">{frame().alertsFiring(count)}</span>
          </span>
        )}
      </a>
    </li>
  )
}

/** Less used views: beside the others on a wide screen, in a menu on a phone. */
function Further() {
  const isOpen = useSignal(false)
  const leaf = useRef<HTMLDivElement>(null)
  const { view } = route.value
  useEffect(() => {
    isOpen.value = false
  }, [view])
  useEffect(() => {
    if (!isOpen.value) return
    const close = (event: Event) => {
      const isOutside = !(event.target instanceof Node && leaf.current?.contains(event.target))
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : isOutside) isOpen.value = false
    }
    document.addEventListener('keydown', close)
    document.addEventListener('pointerdown', close)
    return () => {
      document.removeEventListener('keydown', close)
      document.removeEventListener('pointerdown', close)
    }
  }, [isOpen.value])
  return (
    <div ref={leaf} class={isOpen.value ? 'further is-open' : 'further'}>
      <button
        type="button"
        class="more"
        aria-expanded={isOpen.value}
        aria-controls="further"
        onClick={() => (isOpen.value = !isOpen.value)}
      >
        <Icon name="more" />
        <span class="entry-name">{frame().more}</span>
      </button>
      <ul id="further">
        {further.map((name) => (
          <Entry key={name} name={name} />
        ))}
      </ul>
    </div>
  )
}

function Link() {
  const isLive = link.value === 'live'
  return <p class={isLive ? 'link dot is-on' : 'link dot is-unknown'}>{isLive ? frame().live : frame().connecting}</p>
}
