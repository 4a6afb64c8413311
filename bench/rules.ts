import { join } from 'node:path'
import type { Rule } from '@hearthwatch/api/rule'
import { silent } from '@hearthwatch/log'
import { createJudge } from '../apps/monitor/alerts/judge.ts'
import { createLiveState } from '../apps/monitor/live/live-state.ts'
import { createNotificationQueue } from '../apps/monitor/notify/enqueue.ts'
import { completeRule } from '../apps/monitor/rules/rule.ts'
import { openStore, type Store } from '../apps/monitor/store/store.ts'
import { inFolder } from './program.ts'
import { median, progress } from './report.ts'

const rounds = 3
const counts = [1, 100, 1000]
const series = Array.from({ length: 50 }, (_, i) => ({ room: `room-${i}`, quantity: 'temperature', device: `pi-${i}` }))
const values = [19.5, 20, 20.5, 21, 20.5, 20, 19.5]
/** Readings that are judged, and those that are stored for comparison, a hundred a commit. */
const judged = 200_000
const stored = 100_000
const together = 100

/** Which rooms a rule is about. */
const ways = {
  'each about one room': (i: number) => `room-${i % series.length}`,
  'each about every room': () => '*',
}

/** What it costs to judge a reading by 1, 100 and 1,000 rules. */
export async function rules(): Promise<void> {
  const table: Record<string, Record<string, number>> = {}
  const storing = await measure('storing it', [], keep)
  for (const [way, where] of Object.entries(ways)) {
    let one: number | undefined
    for (const count of counts) {
      const cost = await measure(`${count} ${way}`, make(count, where), judge)
      one ??= cost
      table[`${count} ${count === 1 ? 'rule' : 'rules'}, ${way}`] = {
        'ns of CPU': Math.round(cost),
        'times one rule': Number((cost / one).toFixed(1)),
        '% of storing it': Number(((cost / storing) * 100).toFixed(1)),
      }
    }
  }
  console.log(
    `\nJudging one reading of a house that is well, with ${series.length} series; storing one takes ${Math.round(storing)} ns of CPU`,
  )
  console.table(table)
}

function make(count: number, where: (i: number) => string): Rule[] {
  return Array.from({ length: count }, (_, i) =>
    completeRule({ name: `rule-${i}`, quantity: 'temperature', rooms: where(i), condition: 'above', limit: 30 + i / 1000 }),
  )
}

/** @returns ns of CPU per reading: what others do on this machine does not bend it */
async function measure(name: string, set: readonly Rule[], work: (store: Store) => number): Promise<number> {
  const costs: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    progress(`rules: ${name}, ${round} of ${rounds}`)
    const cost = await inFolder('rules', async (folder) => {
      const store = openStore(join(folder, 'house.db'), set)
      try {
        return work(store)
      } finally {
        store.close()
      }
    })
    costs.push(cost)
  }
  return median(costs, (cost) => cost)
}

const at = <T>(list: readonly T[], i: number) => list[i % list.length] as T

function judge(store: Store): number {
  const notificationQueue = createNotificationQueue({
    notifications: store.notifications,
    audience: [],
    liveState: createLiveState(Date.now),
    log: silent,
  })
  const { reading } = createJudge({ store, notificationQueue, offlineAfter: 90_000 })
  const start = Date.now()
  const pass = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) reading(at(series, i), at(values, i), start + i * 200, { recorded: false })
  }
  // Each series meets its rules, and the compiler the code.
  pass(0, judged / 10)
  const before = process.cpuUsage()
  pass(judged / 10, judged + judged / 10)
  return ns(process.cpuUsage(before), judged)
}

function keep(store: Store): number {
  const start = Date.now()
  const before = process.cpuUsage()
  for (let i = 0; i < stored; i += together) {
    store.transaction(() => {
      for (let j = i; j < i + together; j += 1) store.readings.addTimed(at(series, j), at(values, j), start + j * 200, false)
    })
  }
  return ns(process.cpuUsage(before), stored)
}

const ns = ({ user, system }: NodeJS.CpuUsage, count: number) => ((user + system) * 1000) / count
