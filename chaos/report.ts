import type { AlertCount } from './alerts.ts'
import type { ChaosOptions } from './chaos.ts'
import { cardFaults } from './faults/cards.ts'
import { databaseFaults } from './faults/databases.ts'
import type { History } from './history.ts'
import type { House } from './house.ts'
import type { Nemesis } from './nemesis.ts'
import { type Comparison, compare } from './oracle.ts'
import { readStored } from './rows.ts'
import type { Settled } from './settle.ts'

export interface Report {
  options: ChaosOptions
  folder: string
  taken: number
  stored: number
  missing: number
  double: number
  altered: number
  outOfOrder: number
  moved: number
  destroyed: number
  gaps: number
  /** Lost to a cap, as the outboxes say themselves. */
  capped: number
  /** Taken by a clock that was years ahead: not to be stored. */
  impossibleTimes: number
  faults: ReadonlyMap<string, number>
  impossible: ReadonlyMap<string, string>
  alerts: AlertCount
  settled: Settled
  /** Programs that ended though nobody ended them. */
  accidents: string[]
  /** In words; empty: all is as promised. */
  failures: string[]
}

/** What a program may say when it ends by itself: it was started on a full disk, or its database was taken away. */
const excused = /THE DATABASE WAS DELETED OR REPLACED|SQLITE_FULL|disk is full|database or disk is full|ENOSPC|No space left/i

const otherDatabase = databaseFaults.map(({ name }) => name)
const otherEpoch = cardFaults.map(({ name }) => name).filter((name) => name !== 'outbox at its cap')
const mayLose = cardFaults.map(({ name }) => name)

interface Evidence {
  options: ChaosOptions
  folder: string
  house: House
  history: History
  nemesis: Nemesis
  alerts: AlertCount
  settled: Settled
}

/** Everybody is dead: what do the disks say? */
export function judge({ options, folder, house, history, nemesis, alerts, settled }: Evidence): Report {
  const stored = readStored(house.databaseFile)
  const failures = [...settled.problems, ...alerts.problems, ...history.problems]
  let impossibleTimes = 0
  const total = { taken: 0, stored: 0, missing: 0, double: 0, altered: 0, outOfOrder: 0, moved: 0, destroyed: 0 }
  for (const sensor of house.sensors) {
    const one = compare(history.taken(sensor), stored.get(sensor.room) ?? [], history.destroyed(sensor.room))
    for (const what of ['taken', 'stored', 'moved', 'destroyed'] as const) total[what] += one[what]
    for (const what of ['missing', 'double', 'altered', 'outOfOrder'] as const) {
      total[what] += one[what].length
      if (one[what].length > 0) failures.push(`${sensor.id}: ${one[what].length} ${words[what]}, such as ${examples(one, what)}`)
    }
    impossibleTimes += history.impossible(sensor).length
    stored.delete(sensor.room)
  }
  for (const [room, keys] of stored) failures.push(`${keys.length} readings of a room that nobody measures: ${room}`)

  const had = (names: string[]) => names.some((name) => nemesis.counts.has(name))
  const gaps = settled.gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  if (gaps > 0 && !had(mayLose))
    failures.push(`${gaps} numbers are shown as lost, though no outbox was: ${JSON.stringify(settled.gaps[0])}`)
  // A new database knows no holes of the one before, and a new epoch none of its predecessor.
  if (gaps < history.capped && !had([...otherDatabase, ...otherEpoch]))
    failures.push(`${history.capped} readings were lost to a cap, and only ${gaps} numbers are shown as lost`)
  const { pending, failed } = settled.notifications
  if (pending > 0 || failed > 0) failures.push(`${pending} messages still wait, ${failed} failed`)
  const accidents = [house.monitor, ...house.sensors.map(({ program }) => program)].flatMap((program) => program.accidents)
  for (const accident of accidents) if (!excused.test(accident)) failures.push(accident)

  const { counts, impossible } = nemesis
  return {
    options,
    folder,
    ...total,
    gaps,
    capped: history.capped,
    impossibleTimes,
    faults: counts,
    impossible,
    alerts,
    settled,
    accidents,
    failures,
  }
}

const words = { missing: 'missing', double: 'stored twice', altered: 'stored that nobody took', outOfOrder: 'out of order' }

function examples(comparison: Comparison, what: keyof typeof words): string {
  return comparison[what].slice(0, 3).join('; ')
}

/** The report as it is printed. */
export function tell(report: Report): string {
  const { alerts, settled, options } = report
  const lines: [string, string | number][] = [
    ['taken', report.taken],
    ['stored', report.stored],
    ['missing', report.missing],
    ['double', report.double],
    ['altered', report.altered],
    ['out of order', report.outOfOrder],
    ['lost with a destroyed disk', report.destroyed],
    ['given way to the same time', report.moved],
    ['lost to a cap, and counted', report.capped],
    ['numbers shown as lost', report.gaps],
    ['refused for times that cannot be', report.impossibleTimes],
    ['alerts due, raised', `${alerts.due}, ${alerts.raised}`],
    ['crossings in the storm, told', `${alerts.stormy}, ${alerts.told} (${alerts.again} once more in a digest)`],
    ['mails due, sent, twice', `${alerts.mailsDue}, ${alerts.mailsSent}, ${alerts.twice}`],
    ['caught up after', settled.caughtUp === null ? 'never' : `${(settled.caughtUp / 1000).toFixed(1)} s`],
    ['ended by themselves', report.accidents.length],
  ]
  return [
    `${options.broker}, ${options.sensors} sensors and the oven, seed ${options.seed}`,
    '',
    ...[...report.faults].sort(([, a], [, b]) => b - a).map(([name, count]) => `${String(count).padStart(6)} × ${name}`),
    ...[...report.impossible].map(([name, why]) => `skipped: ${name} (${why})`),
    '',
    ...lines.map(([name, value]) => `${name.padEnd(34)}${value}`),
    '',
    ...(report.failures.length === 0 ? ['All is as promised.'] : ['NOT AS PROMISED:', ...report.failures.map((failure) => `- ${failure}`)]),
  ].join('\n')
}
