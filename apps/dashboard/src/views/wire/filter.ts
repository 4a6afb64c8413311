import { type TopicName, topics } from '@hearthwatch/protocol/table'
import { matches } from '@hearthwatch/protocol/topics'

/** The meaning of a level of a topic filter, or its problem. */
export type LevelKind = 'all' | 'word' | 'empty' | 'one' | 'rest' | 'system' | 'mixed' | 'not-last'

export interface Level {
  text: string
  kind: LevelKind
}

/** Splits a filter into its levels. */
export function levelsOf(filter: string): Level[] {
  const levels = filter.split('/')
  return levels.map((text, i) => ({ text, kind: kindOf(text, i, levels.length) }))
}

function kindOf(text: string, i: number, count: number): LevelKind {
  if (text === '') return 'empty'
  if (text === '+') return 'one'
  if (text === '#') return count === 1 ? 'all' : i === count - 1 ? 'rest' : 'not-last'
  if (/[+#]/.test(text)) return 'mixed'
  return i === 0 && text.startsWith('$') ? 'system' : 'word'
}

/** True if MQTT allows this filter. */
export const isFilter = (filter: string): boolean =>
  filter !== '' && levelsOf(filter).every(({ kind }) => kind !== 'mixed' && kind !== 'not-last')

export { matches }

const rows = (Object.keys(topics) as TopicName[])
  .map((name) => ({ name, filter: topics[name].topic.replace(/\{\w+\}/g, '+') }))
  // A fixed level wins over a placeholder: `home/kitchen/alert` is no quantity called `alert`.
  .sort((a, b) => a.filter.split('+').length - b.filter.split('+').length)

/** The row of the protocol's topic table for this topic; null: none. */
export function nameOf(topic: string): TopicName | null {
  return rows.find(({ filter }) => matches(filter, topic))?.name ?? null
}
