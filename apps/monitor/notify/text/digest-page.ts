import { day } from '@hearthwatch/protocol/durations'
import type { Content } from '../../store/notifications.ts'
import type { Figures } from './figures.ts'
import type { Language } from './language.ts'
import type { Naming } from './naming.ts'
import type { Page } from './page.ts'
import { foreign } from './text.ts'
import type { createTitles } from './titles.ts'

/** Most titles in a subject. */
const titlesInSubject = 3
/** More items than this are listed by room, a line each. */
const fewItems = 20
/** More than this are only counted: nobody reads a mail of thousands of lines. */
const mostLines = 200
/** Within this span times are shown without the date. ms */
const halfDay = day / 2

type Item = Exclude<Content, { kind: 'summary' }>

/** Pages for several items in one message. */
export function createDigestPages(say: Language, { moment, clock }: Figures, titles: ReturnType<typeof createTitles>, naming: Naming) {
  function titleOf(content: Item, where = true): string {
    switch (content.kind) {
      case 'alert':
        return titles.alert(content, where)
      case 'late-alert':
        return titles.lateAlert(content.alert, where)
      case 'late-text':
        return say.titles.lateText(where ? naming.room(content.room) : '', foreign(content.text, 80))
    }
  }

  return (contents: readonly Item[], wasHeld: boolean): Page => {
    const items = latestSteps(contents)
    const resolved = items.filter(isResolved).length
    const heading = wasHeld ? say.titles.quiet(items.length, resolved) : say.titles.several(items.length, resolved)
    const shown = items.slice(0, titlesInSubject).map((content) => titleOf(content))
    const list = `${shown.join(say.semicolon)}${items.length > titlesInSubject ? `${say.semicolon}…` : ''}`
    const isUrgent = items.some((content) => !isOver(content) && content.kind === 'alert' && content.alert.severity === 'critical')
    const tone = items.every(isOver) ? (resolved === items.length ? 'resolved' : 'calm') : isUrgent ? 'alarm' : 'warning'
    const page = { title: `${heading}${say.colon}${list}`, heading, tone } as const
    if (items.length <= fewItems)
      return { ...page, blocks: [{ kind: 'list', items: items.map((content) => [moment(timeOf(content)), titleOf(content)]) }] }
    const times = items.map(timeOf)
    const when = Math.max(...times) - Math.min(...times) < halfDay ? clock : moment
    const rooms = Map.groupBy(items.slice(0, mostLines), roomOf)
    const groups = [...rooms].map(([room, roomItems]) => ({
      title: room === null ? say.labels.elsewhere : naming.room(room),
      items: roomItems.map((content): [string, string] => [when(timeOf(content)), titleOf(content, room === null)]),
    }))
    const more = items.length - mostLines
    const rest = more > 0 ? [{ kind: 'line', text: say.andMore(more) } as const] : []
    return { ...page, blocks: [{ kind: 'compact', groups }, ...rest] }
  }
}

/** The last transition of each alert; a repeat is dropped if the message also contains the start. */
function latestSteps(contents: readonly Item[]): Item[] {
  const latest = new Map<string, Item>()
  for (const [i, content] of contents.entries()) {
    const key = content.kind === 'alert' ? `alert ${content.alert.id}` : `${i}`
    const before = latest.get(key)
    const isRedundant =
      content.kind === 'alert' && content.transition === 'repeat' && before?.kind === 'alert' && before.transition === 'firing'
    if (!isRedundant) latest.set(key, content)
  }
  return [...latest.values()]
}

function isOver(content: Item): boolean {
  return content.kind === 'late-alert' || (content.kind === 'alert' && content.transition === 'resolved')
}

/** False for an alert that ended although its condition was not over. */
const isResolved = (content: Item) => isOver(content) && !(content.kind === 'alert' && content.alert.ended)

function timeOf(content: Item): number {
  switch (content.kind) {
    case 'alert':
      return content.at
    case 'late-alert':
      return content.alert.fired ?? content.at
    case 'late-text':
      return content.last
  }
}

function roomOf(content: Item): string | null {
  return content.kind === 'late-text' ? content.room : content.alert.room
}
