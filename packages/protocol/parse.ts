import { isName } from './names.ts'
import { isQuantity } from './quantities.ts'
import { type TopicName, topics } from './table.ts'

/** The words that a topic is filled in with. */
export type Params<N extends TopicName> = Record<Holes<(typeof topics)[N]['topic']>, string>
type Holes<T extends string> = T extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never

/** A topic taken apart. */
export type Parsed = { [N in TopicName]: { name: N } & Params<N> }[TopicName]

const fits = { room: isName, id: isName, quantity: isQuantity } as const
type Hole = keyof typeof fits

/**
 * The topic of this name, filled in: `topicOf('reading', { room: 'kitchen', quantity: 'temperature' })`.
 * @throws RangeError for a room, id or quantity that is not one: it might be another topic or a wildcard.
 */
export function topicOf<N extends TopicName>(name: N, params: Params<N>): string {
  return topics[name].topic.replace(/\{(\w+)\}/g, (_, hole: Hole) => {
    const value = (params as Record<Hole, string>)[hole] ?? ''
    if (!fits[hole](value)) throw new RangeError(`${JSON.stringify(value)} cannot stand for {${hole}}`)
    return value
  })
}

/** The filter that catches this topic of everyone: `home/+/sensor/status`. */
export function filterOf(name: TopicName): string {
  return topics[name].topic.replace(/\{\w+\}/g, '+')
}

/** A level of a topic in the table: the word that stands there, or what it is filled in with. */
type Level = { word: string } | { hole: Hole; fits(value: string): boolean }

interface Row {
  name: TopicName
  levels: Level[]
}

// This is asked for every packet: the rows are taken apart once, by their number of levels.
const rowsByLength = Map.groupBy(
  (Object.keys(topics) as TopicName[])
    .map((name): Row => ({ name, levels: topics[name].topic.split('/').map(toLevel) }))
    // What is written out wins over what is filled in: `home/kitchen/alert` is no quantity called `alert`.
    .sort((a, b) => countWords(b) - countWords(a)),
  (row) => row.levels.length,
)

/** Which topic of the table this is, with its words; null for one that is not there or whose words are no names. */
export function parseTopic(topic: string): Parsed | null {
  const words = topic.split('/')
  const row = rowsByLength.get(words.length)?.find(({ levels }) => hasWords(levels, words))
  if (row === undefined) return null
  const parsed: Record<string, string> = { name: row.name }
  for (const [i, level] of row.levels.entries()) {
    const word = words[i] as string
    if ('word' in level) continue
    if (!level.fits(word)) return null
    parsed[level.hole] = word
  }
  return parsed as Parsed
}

function hasWords(levels: Level[], words: string[]): boolean {
  return levels.every((level, i) => !('word' in level) || level.word === words[i])
}

function toLevel(text: string): Level {
  const hole = /^\{(\w+)\}$/.exec(text)?.[1] as Hole | undefined
  return hole === undefined ? { word: text } : { hole, fits: fits[hole] }
}

function countWords(row: Row): number {
  return row.levels.filter((level) => 'word' in level).length
}
