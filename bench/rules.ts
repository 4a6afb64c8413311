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
/** Number of evaluated readings, of readings stored for comparison, and of readings per commit. */
const evaluated = 200_000
const stored = 100_000
const perCommit = 100

/** The rooms of each rule. */
const roomsOf = {
  'each for one room': (i: number) => `room-${i % series.length}`,
  'each for all rooms': () => '*',
}

/** Measures the evaluation of a reading by 1, 100 and 1,000 rules. */
export async function rules(): Promise<void> {
  const table: Record<string, Record<string, number>> = {}
  const storing = await measure('storing', [], storeReadings)
  for (const [kind, rooms] of Object.entries(roomsOf)) {
    let one: number | undefined
    for (const count of counts) {
      const cost = await measure(`${count} ${kind}`, make(count, rooms), evaluate)
      one ??= cost
      table[`${count} ${count === 1 ? 'rule' : 'rules'}, ${kind}`] = {
        'ns of CPU': Math.round(cost),
        'times one rule': Number((cost / one).toFixed(1)),
        '% of storing': Number(((cost / storing) * 100).toFixed(1)),
      }
    }
  }
  console.log(`\nEvaluating one reading without alerts, with ${series.length} series; storing one takes ${Math.round(storing)} ns of CPU`)
  console.table(table)
}

function make(count: number, rooms: (i: number) => string): Rule[] {
  return Array.from({ length: count }, (_, i) =>
    completeRule({ name: `rule-${i}`, quantity: 'temperature', rooms: rooms(i), condition: 'above', limit: 30 + i / 1000 }),
  )
}

/** @returns CPU time per reading in ns, which does not depend on the load by other programs */
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

function evaluate(store: Store): number {
  const notificationQueue = createNotificationQueue({
    notifications: store.notifications,
    audience: () => [],
    liveState: createLiveState(Date.now),
    log: silent,
  })
  const { reading } = createJudge({ store, notificationQueue, offlineAfter: 90_000 })
  const start = Date.now()
  const pass = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) reading(at(series, i), at(values, i), start + i * 200, { recorded: false })
  }
  // Warms up: the state of each series is created, and the code is compiled.
  pass(0, evaluated / 10)
  const before = process.cpuUsage()
  pass(evaluated / 10, evaluated + evaluated / 10)
  return ns(process.cpuUsage(before), evaluated)
}

function storeReadings(store: Store): number {
  const start = Date.now()
  const before = process.cpuUsage()
  for (let i = 0; i < stored; i += perCommit) {
    store.transaction(() => {
      for (let j = i; j < i + perCommit; j += 1) store.readings.addTimed(at(series, j), at(values, j), start + j * 200, false)
    })
  }
  return ns(process.cpuUsage(before), stored)
}

const ns = ({ user, system }: NodeJS.CpuUsage, count: number) => ((user + system) * 1000) / count
