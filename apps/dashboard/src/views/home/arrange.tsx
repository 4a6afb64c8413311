import type { Room } from '@hearthwatch/api/rooms'
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { announce } from '../../frame/announcer.tsx'
import { ask } from '../../monitor/ask.ts'
import { rooms } from '../../monitor/rooms.ts'
import { refresh } from '../../monitor/state.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import './arrange.css'
import { ArrangeRow, type Draft } from './arrange-row.tsx'
import { say } from './words.ts'

/** Edits names, icons, groups and the order of the rooms. */
export default function Arrange({ onClose }: { onClose(): void }) {
  const drafts = useSignal<readonly Draft[]>((rooms.peek() ?? []).map(draftOf))

  const groups = useId()

  function change(room: string, change: Partial<Draft>): void {
    drafts.value = drafts.value.map((draft) => (draft.room === room ? { ...draft, ...change } : draft))
  }

  function move(room: string, to: number): void {
    const from = drafts.value.findIndex((draft) => draft.room === room)
    const moved = drafts.value[from]
    if (moved === undefined || to === from || to < 0 || to >= drafts.value.length) return
    const others = drafts.value.filter((draft) => draft !== moved)
    drafts.value = [...others.slice(0, to), moved, ...others.slice(to)]
    announce(say().moved(moved.name || room, to + 1, drafts.value.length))
  }

  async function send(): Promise<void> {
    await saveAll(drafts.value, rooms.peek() ?? [])
    await refresh()
    onClose()
  }

  return (
    <FormDialog title={say().arrangeTitle} onSend={send} onClose={onClose}>
      <p class="quiet small">{say().arrangeText}</p>
      <datalist id={groups}>
        {[...new Set(drafts.value.map(({ group }) => group.trim()))].filter(Boolean).map((group) => (
          <option key={group} value={group} />
        ))}
      </datalist>
      <ol class="stack arrange">
        {drafts.value.map((draft, i) => (
          <ArrangeRow
            key={draft.room}
            draft={draft}
            place={i}
            last={drafts.value.length - 1}
            groups={groups}
            onChange={(part) => change(draft.room, part)}
            onMove={(to) => move(draft.room, to)}
          />
        ))}
      </ol>
    </FormDialog>
  )
}

const draftOf = ({ room, name, icon, group }: Room): Draft => ({ room, name: name ?? '', icon: icon ?? '', group: group ?? '' })

/** The changed labels; a new order gives every room a position. */
async function saveAll(drafts: readonly Draft[], before: readonly Room[]): Promise<void> {
  const isMoved = drafts.some(({ room }, i) => before[i]?.room !== room)
  for (const [position, { room, name, icon, group }] of drafts.entries()) {
    const old = before.find((one) => one.room === room)
    const body = {
      ...(name.trim() === (old?.name ?? '') ? {} : { name: name.trim() || null }),
      ...(icon === (old?.icon ?? '') ? {} : { icon: icon || null }),
      ...(group.trim() === (old?.group ?? '') ? {} : { group: group.trim() || null }),
      ...(isMoved ? { position } : {}),
    }
    if (Object.keys(body).length > 0) await ask(`api/labels/${encodeURIComponent(room)}`, { method: 'PUT', body })
  }
}
