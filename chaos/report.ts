import type { AlertCount } from './alerts.ts'
import { cardFaults } from './faults/cards.ts'
import { databaseFaults } from './faults/databases.ts'
import type { History } from './history.ts'
import type { Nemesis } from './nemesis.ts'
import type { ChaosOptions } from './options.ts'
import { type Comparison, compare } from './oracle.ts'
import { readStored } from './rows.ts'
import type { Settled } from './settle.ts'
import type { Testbed } from './testbed.ts'

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
  /** Readings lost because an outbox reached its cap. */
  capped: number
  /** Sensors whose last will died with its node, and which were shown as offline. */
  silences: number
  /** Readings with an impossible time, from a clock that was years ahead; they must not be stored. */
  impossibleTimes: number
  faults: ReadonlyMap<string, number>
  impossible: ReadonlyMap<string, string>
  alerts: AlertCount
  settled: Settled
  /** Unexpected exits of programs. */
  crashes: string[]
  /** Descriptions of all failed checks; empty after a success. */
  failures: string[]
}

/** Expected reasons for an exit: a full disk at the start, or a deleted database. */
const expectedExits = /THE DATABASE WAS DELETED OR REPLACED|SQLITE_FULL|disk is full|database or disk is full|ENOSPC|No space left/i

const otherDatabase = databaseFaults.map(({ name }) => name)
const otherEpoch = cardFaults.map(({ name }) => name).filter((name) => name !== 'outbox at its cap')
const mayLose = cardFaults.map(({ name }) => name)

interface Evidence {
  options: ChaosOptions
  folder: string
  testbed: Testbed
  history: History
  nemesis: Nemesis
  alerts: AlertCount
  settled: Settled
}

/** Checks the files on the disks after all programs have stopped. */
export function evaluate({ options, folder, testbed, history, nemesis, alerts, settled }: Evidence): Report {
  const stored = readStored(testbed.databaseFile)
  const failures = [...settled.problems, ...alerts.problems, ...history.problems]
  let impossibleTimes = 0
  const total = { taken: 0, stored: 0, missing: 0, double: 0, altered: 0, outOfOrder: 0, moved: 0, destroyed: 0 }
  for (const sensor of testbed.sensors) {
    const one = compare(history.taken(sensor), stored.get(sensor.room) ?? [], history.destroyed(sensor.room))
    for (const what of ['taken', 'stored', 'moved', 'destroyed'] as const) total[what] += one[what]
    for (const what of ['missing', 'double', 'altered', 'outOfOrder'] as const) {
      total[what] += one[what].length
      if (one[what].length > 0) failures.push(`${sensor.id}: ${one[what].length} ${words[what]}, such as ${examples(one, what)}`)
    }
    impossibleTimes += history.impossible(sensor).length
    stored.delete(sensor.room)
  }
  for (const [room, keys] of stored) failures.push(`${keys.length} readings of a room without a sensor: ${room}`)

  const had = (names: string[]) => names.some((name) => nemesis.counts.has(name))
  const gaps = settled.gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  if (gaps > 0 && !had(mayLose))
    failures.push(`${gaps} numbers are shown as lost, although no outbox was: ${JSON.stringify(settled.gaps[0])}`)
  // A new database does not contain the gaps of the earlier one, and a new epoch not those of its predecessor.
  if (gaps < history.capped && !had([...otherDatabase, ...otherEpoch]))
    failures.push(`${history.capped} readings were lost to a cap, but only ${gaps} numbers are shown as lost`)
  const { pending, failed } = settled.notifications
  if (pending > 0 || failed > 0) failures.push(`${pending} notifications are still pending, ${failed} failed`)
  const crashes = [testbed.monitor, ...testbed.sensors.map(({ program }) => program)].flatMap((program) => program.crashes)
  for (const crash of crashes) if (!expectedExits.test(crash)) failures.push(crash)

  const { counts, impossible } = nemesis
  return {
    options,
    folder,
    ...total,
    gaps,
    capped: history.capped,
    silences: history.silences,
    impossibleTimes,
    faults: counts,
    impossible,
    alerts,
    settled,
    crashes,
    failures,
  }
}

const words = { missing: 'missing', double: 'stored twice', altered: 'stored but never taken', outOfOrder: 'out of order' }

function examples(comparison: Comparison, what: keyof typeof words): string {
  return comparison[what].slice(0, 3).join('; ')
}

/** The report as text for a terminal. */
export function formatReport(report: Report): string {
  const { alerts, settled, options } = report
  const lines: [string, string | number][] = [
    ['taken', report.taken],
    ['stored', report.stored],
    ['missing', report.missing],
    ['double', report.double],
    ['altered', report.altered],
    ['out of order', report.outOfOrder],
    ['lost with a destroyed disk', report.destroyed],
    ['moved to a free time', report.moved],
    ['lost to a cap', report.capped],
    ['numbers shown as lost', report.gaps],
    ['refused for impossible times', report.impossibleTimes],
    ['alerts due, raised', `${alerts.due}, ${alerts.raised}`],
    ['crossings during faults, handled', `${alerts.disturbed}, ${alerts.handled} (${alerts.repeated} repeated in a digest)`],
    ['mails due, sent, duplicate', `${alerts.mailsDue}, ${alerts.mailsSent}, ${alerts.duplicates}`],
    ['all stored after', settled.caughtUp === null ? 'never' : `${(settled.caughtUp / 1000).toFixed(1)} s`],
    ['last wills made up for by silence', report.silences],
    ['unexpected exits', report.crashes.length],
  ]
  return [
    `${options.broker}, ${options.sensors} sensors and the heated one, seed ${options.seed}`,
    '',
    ...[...report.faults].sort(([, a], [, b]) => b - a).map(([name, count]) => `${String(count).padStart(6)} × ${name}`),
    ...[...report.impossible].map(([name, why]) => `skipped: ${name} (${why})`),
    '',
    ...lines.map(([name, value]) => `${name.padEnd(34)}${value}`),
    '',
    ...(report.failures.length === 0 ? ['All checks passed.'] : ['FAILED CHECKS:', ...report.failures.map((failure) => `- ${failure}`)]),
  ].join('\n')
}
