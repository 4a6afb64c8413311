import type { Labels } from './labels.ts'
import type { Rules } from './rules.ts'

/** The names that people have given. */
export interface Names {
  /** Without a label its name in MQTT. */
  room(room: string): string
  /** The title of a rule; undefined: it was given none, or does not exist. */
  title(rule: string): string | undefined
}

export const noNames: Names = { room: (room) => room, title: () => undefined }

export function namesOf({ labels, rules }: { labels: Pick<Labels, 'all' | 'version'>; rules: Pick<Rules, 'get'> }): Names {
  let read: { version: number; names: ReadonlyMap<string, string>; rooms: ReadonlyMap<string, number> } | undefined

  /** The names of rooms, and the number of rooms with each name: in a storm, each of a thousand alerts asks for them. */
  function known() {
    if (read?.version !== labels.version()) {
      const named = labels.all().flatMap(({ room, name }) => (name === null ? [] : [[room, name] as const]))
      const rooms = new Map<string, number>()
      for (const [, name] of named) rooms.set(name, (rooms.get(name) ?? 0) + 1)
      read = { version: labels.version(), names: new Map(named), rooms }
    }
    return read
  }

  return {
    room(room) {
      const { names, rooms } = known()
      const name = names.get(room)
      if (name === undefined) return room
      // Two rooms may have one name.
      return (rooms.get(name) ?? 0) > 1 ? `${name} (${room})` : name
    },
    title: (rule) => rules.get(rule)?.rule.title,
  }
}
