import { ruleTitle } from '@hearthwatch/api/rule-titles'
import type { Alert } from '../../rules/alert.ts'
import type { Names } from '../../store/names.ts'
import type { Content } from '../../store/notifications.ts'
import type { Language } from './language.ts'
import { foreign } from './text.ts'

/** Most rooms or rules whose ids are listed below a message. */
const mostIds = 40

export type Naming = ReturnType<typeof createNaming>

/** The names of rooms and rules in messages, and below them the ids that they stand for. */
export function createNaming(say: Language, names: Names) {
  const title = (alert: Pick<Alert, 'rule' | 'title'>) => ruleTitle(alert.rule, names.title(alert.rule) ?? alert.title, say.tag)

  /** `kitchen`, or with several `Kitchen = kitchen`; those whose name is their id are left out. */
  function listed(pairs: Iterable<readonly [id: string, name: string]>): string[] {
    const all = [...new Map(pairs)]
    const named = all.filter(([id, name]) => id !== name).slice(0, mostIds)
    return named.map(([id, name]) => (all.length === 1 ? foreign(id) : `${foreign(name)} = ${foreign(id)}`))
  }

  return {
    room: (room: string) => foreign(names.room(room)),
    rule: (alert: Alert) => foreign(title(alert)),
    /** The same for programs, unmarked. */
    names: { room: names.room, rule: title },

    /** The lines below a message. */
    ids(contents: readonly Content[]): string[] {
      const alerts = contents.flatMap(alertsOf)
      const rooms = listed([...contents.flatMap(roomsOf)].map((room) => [room, names.room(room)]))
      const rules = listed(alerts.map((alert) => [alert.rule, title(alert)]))
      return [
        ...(rooms.length > 0 ? [`${say.ids.rooms}${say.colon}${rooms.join(say.comma)}`] : []),
        ...(rules.length > 0 ? [`${say.ids.rules}${say.colon}${rules.join(say.comma)}`] : []),
      ]
    },
  }
}

function alertsOf(content: Content): readonly Alert[] {
  if (content.kind === 'late-text') return []
  return content.kind === 'summary' ? (content.alerts ?? []) : [content.alert]
}

function roomsOf(content: Content): string[] {
  const others = content.kind === 'late-text' ? [content] : content.kind === 'summary' ? [...content.rooms, ...(content.absent ?? [])] : []
  return [...others, ...alertsOf(content)].flatMap(({ room }) => room ?? [])
}
