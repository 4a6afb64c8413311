import { isQuantity } from '../values/quantities.ts'
import { isName, spelled } from './names.ts'
import { type TopicName, topics } from './table.ts'

/** The values for a topic's placeholders. */
export type Params<N extends TopicName> = Record<Placeholders<(typeof topics)[N]['topic']>, string>
type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never

/** A parsed topic: its name in the table and its values. */
export type Parsed = { [N in TopicName]: { name: N } & Params<N> }[TopicName]

const fits = { room: isName, id: isName, quantity: isQuantity } as const
type Placeholder = keyof typeof fits

/**
 * The topic of this name with its values: `topicOf('reading', { room: 'kitchen', quantity: 'temperature' })`.
 * @throws RangeError for an invalid room, id or quantity, which could be a wildcard or make another topic
 */
export function topicOf<N extends TopicName>(name: N, params: Params<N>): string {
  return topics[name].topic.replace(/\{(\w+)\}/g, (_, placeholder: Placeholder) => {
    const value = (params as Record<Placeholder, string>)[placeholder] ?? ''
    if (!fits[placeholder](value)) throw new RangeError(`${JSON.stringify(value)} cannot stand for {${placeholder}}`)
    return value
  })
}

/** The filter for this topic with any values: `home/+/sensor/status`. */
export function filterOf(name: TopicName): string {
  return topics[name].topic.replace(/\{\w+\}/g, '+')
}

/** A level of a topic in the table: a literal word or a placeholder. */
type Level = { word: string } | { placeholder: Placeholder; fits(value: string): boolean }

interface Row {
  name: TopicName
  levels: Level[]
}

// Every packet is parsed, so the rows are prepared once and grouped by their number of levels.
const rowsByLength = Map.groupBy(
  (Object.keys(topics) as TopicName[])
    .map((name): Row => ({ name, levels: topics[name].topic.split('/').map(toLevel) }))
    // Literal words take precedence over placeholders: `home/kitchen/alert` is not a quantity named `alert`.
    .sort((a, b) => countWords(b) - countWords(a)),
  (row) => row.levels.length,
)

/**
 * Finds the topic in the table. Its names come in their one spelling, so they may differ from the topic's.
 * @returns null for an unknown topic, and for one with an invalid value
 */
export function parseTopic(topic: string): Parsed | null {
  const words = spelled(topic).split('/')
  const row = rowsByLength.get(words.length)?.find(({ levels }) => hasWords(levels, words))
  if (row === undefined) return null
  const parsed: Record<string, string> = { name: row.name }
  for (const [i, level] of row.levels.entries()) {
    const word = words[i] as string
    if ('word' in level) continue
    if (!level.fits(word)) return null
    parsed[level.placeholder] = word
  }
  return parsed as Parsed
}

function hasWords(levels: Level[], words: string[]): boolean {
  return levels.every((level, i) => !('word' in level) || level.word === words[i])
}

function toLevel(text: string): Level {
  const placeholder = /^\{(\w+)\}$/.exec(text)?.[1] as Placeholder | undefined
  return placeholder === undefined ? { word: text } : { placeholder, fits: fits[placeholder] }
}

function countWords(row: Row): number {
  return row.levels.filter((level) => 'word' in level).length
}
