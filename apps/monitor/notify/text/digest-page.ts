import type { Content } from '../../store/notifications.ts'
import type { Figures } from './figures.ts'
import type { Language } from './language.ts'
import type { Page } from './page.ts'
import { foreign } from './text.ts'
import type { createTitles } from './titles.ts'

/** How many of several titles fit into a subject. */
const titlesInSubject = 3
/** More than so many are listed room by room, a line each. */
const fewItems = 20
/** Within half a day nobody needs the date, ms. */
const half = 12 * 3_600_000

type Told = Exclude<Content, { kind: 'summary' }>

/** Several things in one message. */
export function createDigestPages(say: Language, { moment, clock }: Figures, titles: ReturnType<typeof createTitles>) {
  function titleOf(content: Told, where = true): string {
    switch (content.kind) {
      case 'alert':
        return titles.alert(content, where)
      case 'late-alert':
        return titles.lateAlert(content.alert, where)
      case 'late-text':
        return say.titles.lateText(where ? foreign(content.room) : '', foreign(content.text, 80))
    }
  }

  return (contents: readonly Told[], wasHeld: boolean): Page => {
    const items = latestSteps(contents)
    const over = items.filter(isOver).length
    const heading = wasHeld ? say.titles.quiet(items.length, over) : say.titles.several(items.length, over)
    const shown = items.slice(0, titlesInSubject).map((content) => titleOf(content))
    const list = `${shown.join(say.semicolon)}${items.length > titlesInSubject ? `${say.semicolon}…` : ''}`
    const isUrgent = items.some((content) => !isOver(content) && content.kind === 'alert' && content.alert.severity === 'critical')
    const tone = over === items.length ? 'relief' : isUrgent ? 'alarm' : 'warning'
    const page = { title: `${heading}${say.colon}${list}`, heading, tone } as const
    if (items.length <= fewItems)
      return { ...page, blocks: [{ kind: 'list', items: items.map((content) => [moment(timeOf(content)), titleOf(content)]) }] }
    const times = items.map(timeOf)
    const when = Math.max(...times) - Math.min(...times) < half ? clock : moment
    const rooms = Map.groupBy(items, roomOf)
    const groups = [...rooms].map(([room, told]) => ({
      title: room === null ? say.labels.elsewhere : foreign(room),
      items: told.map((content): [string, string] => [when(timeOf(content)), titleOf(content, room === null)]),
    }))
    return { ...page, blocks: [{ kind: 'compact', groups }] }
  }
}

/** Of several steps of one alert the last one says all; that it is still on is no news beside that it began. */
function latestSteps(contents: readonly Told[]): Told[] {
  const kept = new Map<string, Told>()
  for (const [i, content] of contents.entries()) {
    const key = content.kind === 'alert' ? `alert ${content.alert.id}` : `${i}`
    const before = kept.get(key)
    const isNoNews =
      content.kind === 'alert' && content.transition === 'repeat' && before?.kind === 'alert' && before.transition === 'firing'
    if (!isNoNews) kept.set(key, content)
  }
  return [...kept.values()]
}

function isOver(content: Told): boolean {
  return content.kind === 'late-alert' || (content.kind === 'alert' && content.transition === 'resolved')
}

function timeOf(content: Told): number {
  switch (content.kind) {
    case 'alert':
      return content.at
    case 'late-alert':
      return content.alert.fired ?? content.at
    case 'late-text':
      return content.last
  }
}

function roomOf(content: Told): string | null {
  return content.kind === 'late-text' ? content.room : content.alert.room
}
