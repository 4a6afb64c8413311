import { effect } from '@preact/signals'
import { roomOf } from '../monitor/rooms.ts'
import { pressing } from '../monitor/state.ts'
import { route } from '../route.ts'
import { frame } from '../words/frame.ts'

effect(() => {
  const { view, rest } = route.value
  const names: Record<string, string> = frame().views
  const [room] = rest
  const place = view === 'room' ? (roomOf(room)?.name ?? room) : view === 'home' ? undefined : names[view]
  const count = pressing.value.length
  document.title = `${count > 0 ? `(${count}) ` : ''}${place === undefined ? '' : `${place} · `}Hearthwatch`
})
