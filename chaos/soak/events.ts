import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { minute, second } from '@hearthwatch/protocol/durations'
import { until } from '@hearthwatch/testhouse/eventually'
import type { Testbed } from '../testbed.ts'

/** A trouble of a real home: begun at a share of each cycle, and ended after a time. */
interface Trouble {
  name: string
  /** From 0 to 1. */
  begin: number
  /** ms; for a short cycle at most this share of it. It lasts longer on a slow machine, until its proof is in the log. */
  lasts: number
  share: number
  /** Every how many cycles, beginning with the first. */
  every: number
  /** A line of a log, from its begin, that shows that it took place; default: the monitor's log. */
  proof: RegExp
  /** A line of the same log that ends it. */
  recovery?: RegExp
  log?: string
  /** It needs a disk of limited size. */
  needsDisk?: boolean
  run(testbed: Testbed, cycle: number, wait: () => Promise<void>): Promise<void>
}

const troubles: readonly Trouble[] = [
  {
    name: 'a sensor restarts',
    begin: 0.05,
    lasts: 2 * second,
    share: 0.05,
    every: 1,
    proof: /connected/,
    async run({ sensors }, cycle, wait) {
      const program = sensors[cycle % sensors.length]?.program
      await program?.stop()
      await wait()
      program?.start()
    },
  },
  {
    name: 'the broker is killed and starts again',
    begin: 0.15,
    lasts: 3 * second,
    share: 0.05,
    every: 1,
    proof: /not connected; retrying/,
    async run({ broker }, _, wait) {
      await broker?.kill()
      await wait()
      await broker?.start()
    },
  },
  {
    name: 'the disk of the monitor is full',
    begin: 0.3,
    lasts: 20 * second,
    share: 0.15,
    every: 1,
    proof: /the database cannot be written/,
    recovery: /the database can be written again/,
    needsDisk: true,
    async run({ monitorVolume }, _, wait) {
      monitorVolume.fill()
      await wait()
      monitorVolume.free()
    },
  },
  {
    name: 'a room is too hot',
    begin: 0.5,
    lasts: 20 * second,
    share: 0.1,
    every: 1,
    proof: /alert firing rule=too-hot room=oven/,
    async run({ setTemperature }, _, wait) {
      await setTemperature(40)
      await wait()
      await setTemperature(20)
    },
  },
  {
    name: 'a second monitor uses the login of the first',
    begin: 0.65,
    lasts: 30 * second,
    share: 0.15,
    every: 3,
    proof: /mqtt: connected/,
    log: 'second-monitor',
    async run(testbed, _, wait) {
      const second = testbed.secondMonitor()
      second.start()
      await wait()
      await second.stop()
    },
  },
]

/** Longest time to wait for a line, ms. */
const longestProof = minute

function isShown({ folder, monitorVolume }: Testbed, { needsDisk = false, log = 'monitor' }: Trouble, line: RegExp): boolean {
  return (needsDisk && !monitorVolume.limited) || line.test(readFileSync(join(folder, 'log', `${log}.log`), 'utf8'))
}

/** The troubles among these, by name, of which no line in a log shows that they took place and ended. */
export const unproven = (testbed: Testbed, names: ReadonlySet<string>): string[] =>
  troubles.flatMap((trouble) => {
    const { name, proof, recovery = proof, log = 'monitor' } = trouble
    const missing = names.has(name) ? [proof, recovery].find((line) => !isShown(testbed, trouble, line)) : undefined
    return missing === undefined ? [] : [`${name}: no line of ${log}.log is like ${missing}`]
  })

/** Length of a cycle of all troubles: long runs have twelve. ms */
export const cycleOf = (duration: number): number => Math.max(minute, duration / 12)

/** Waits for a time in ms, or until the soak is stopped. */
type Pause = (ms: number) => Promise<void>

/** Lets the troubles come one after the other, cycle by cycle, until the end or until `isOver`. */
export async function makeTrouble(
  testbed: Testbed,
  { duration, pause, isOver, onEvent }: { duration: number; pause: Pause; isOver: () => boolean; onEvent: (what: string) => void },
): Promise<void> {
  const cycle = Math.min(duration, cycleOf(duration))
  const begin = performance.now()
  for (let number = 0; number * cycle < duration && !isOver(); number += 1) {
    for (const trouble of troubles) {
      const { name, begin: share, lasts, share: most, every, proof, recovery = proof, run } = trouble
      const shown = (line: RegExp) => until(() => isOver() || isShown(testbed, trouble, line), longestProof)
      await pause(begin + (number + share) * cycle - performance.now())
      if (isOver()) return
      if (number % every !== 0) continue
      onEvent(name)
      await run(testbed, number, async () => {
        await pause(Math.min(lasts, most * cycle))
        await shown(proof)
      })
      await shown(recovery)
    }
  }
  await pause(begin + duration - performance.now())
}
