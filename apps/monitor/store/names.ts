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

export function namesOf({ labels, rules }: { labels: Pick<Labels, 'all'>; rules: Pick<Rules, 'get'> }): Names {
  return {
    room(room) {
      const all = labels.all()
      const name = all.find((label) => label.room === room)?.name
      if (name == null) return room
      // Two rooms may have one name.
      return all.some((other) => other.name === name && other.room !== room) ? `${name} (${room})` : name
    },
    title: (rule) => rules.get(rule)?.rule.title,
  }
}
