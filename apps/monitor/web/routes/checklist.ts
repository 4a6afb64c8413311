import { Checklist, ChecklistBody } from '@hearthwatch/api/checklist'
import { freezing } from '@hearthwatch/api/rule-bounds'
import { baseQuantity } from '@hearthwatch/protocol'
import type { OwnChannels } from '../../notify/own-channels.ts'
import { scopeOf } from '../../rules/scope.ts'
import type { StoredReading } from '../../store/readings/readings.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { type Access, isLoopbackName } from '../http/access.ts'
import { backupsOf } from './house.ts'

export interface ChecklistOptions {
  config: Parameters<typeof backupsOf>[0]
  store: Pick<Store, 'marks' | 'readings' | 'rules' | 'transaction'>
  ownChannels: Pick<OwnChannels, 'isTelling'>
  access: Pick<Access, 'isPerson'>
  now(): number
}

/** The first steps of a house, and which of them are done. */
export function addChecklist(app: App, { config, store, ownChannels, access, now }: ChecklistOptions): void {
  const { marks, readings, rules } = store
  let isReached = marks.has('page-reached')

  // In a container every visitor has the same address, so the name that the browser asked for decides.
  app.addHook('preHandler', async (request) => {
    if (isReached || isLoopbackName(request.headers.host) || !access.isPerson(request)) return
    isReached = true
    store.transaction(() => marks.set('page-reached', true))
  })

  /** Cold rooms for which no rule warns of warmth. */
  function unguarded(latest: readonly StoredReading[]): { cold: number; rooms: string[] } {
    const cold = latest.filter(({ quantity, value }) => baseQuantity(quantity) === 'temperature' && value < freezing)
    const guards = rules.all().filter(({ enabled, condition, limit = Number.POSITIVE_INFINITY }) => {
      const highest = typeof limit === 'number' ? limit : limit[1]
      return enabled && (condition === 'above' || condition === 'outside') && highest <= 0
    })
    const isGuarded = guards.map(scopeOf)
    const open = cold.filter((series) => !isGuarded.some((covers) => covers(series))).map(({ room }) => room)
    return { cold: cold.length, rooms: [...new Set(open)] }
  }

  function state(): Checklist {
    const latest = readings.latest(now())
    const { cold, rooms } = unguarded(latest)
    const step = (name: Checklist['steps'][number]['step'], done: boolean, rooms: string[] = []) => ({ step: name, done, rooms })
    return {
      putAway: marks.has('checklist-put-away'),
      steps: [
        step('sensor', latest.length > 0),
        step('channel', ownChannels.isTelling()),
        step('phone', isReached),
        ...(cold > 0 ? [step('freezer', rooms.length === 0, rooms)] : []),
        step('backup', marks.has('has-backup') || backupsOf(config).count > 0),
      ],
    }
  }

  app.get('/api/checklist', { schema: { summary: 'The first steps of a house, and which are done', response: { 200: Checklist } } }, state)

  app.put(
    '/api/checklist',
    { schema: { summary: 'Puts the checklist away, or ticks the backup', body: ChecklistBody, response: { 200: Checklist } } },
    ({ body: { putAway, backup } }) => {
      store.transaction(() => {
        if (putAway !== undefined) marks.set('checklist-put-away', putAway)
        if (backup !== undefined) marks.set('has-backup', backup)
      })
      return state()
    },
  )
}
