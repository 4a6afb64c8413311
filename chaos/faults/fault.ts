import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../dice.ts'
import type { History } from '../history.ts'
import type { House, SensorPlace } from '../house.ts'

/** What a fault has to work with. */
export interface Context {
  house: House
  history: History
  dice: Dice
  /** The longest outage, ms. */
  longest: number
  /** Waits; ends early when the run is over. */
  pause(ms: number): Promise<void>
  /** The database is another one from here on: what the old one knew of alerts is counted before. */
  beforeDatabase(): void
}

/** One fault that has been drawn: it holds its parts of the house from beginning to end, and leaves them whole. */
export interface Drawn {
  parts: string[]
  run(): Promise<void>
}

export interface Fault {
  name: string
  weight: number
  /** Why it cannot happen in this house; undefined: it can. */
  impossible?(house: House): string | undefined
  /** Null: nothing to do at this moment. */
  draw(context: Context): Drawn | null
}

export const partOf = (sensor: SensorPlace) => sensor.id
export const diskOf = (sensor: SensorPlace) => [`disk of ${sensor.id}`]

/** A dead process comes back after a moment, or after a while. */
export const outage = ({ dice, pause, longest }: Context) => pause(dice.skewed(20, Math.min(longest, 10_000)))

/** Waits for what comes within seconds, also when the run is over. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000
  const isThere = async () => holds()
  while (!(await isThere().catch(() => false)) && performance.now() < end) await delay(100)
}

/** Something done to the monitor's files while it is dead. */
export function withMonitorDead(work: (context: Context) => void, needs: string[] = []): Fault['draw'] {
  return (context) => ({
    parts: ['monitor', ...needs],
    async run() {
      await context.house.monitor.kill()
      work(context)
      await outage(context)
      context.house.monitor.start()
    },
  })
}

export function withSensorDead(
  work: (context: Context, sensor: SensorPlace) => void,
  needs: (sensor: SensorPlace) => string[] = () => [],
  among: (house: House) => readonly SensorPlace[] = ({ sensors }) => sensors,
): Fault['draw'] {
  return (context) => {
    const sensor = context.dice.one(among(context.house))
    return {
      parts: [partOf(sensor), ...needs(sensor)],
      async run() {
        await sensor.program.kill()
        work(context, sensor)
        await outage(context)
        sensor.program.start()
      },
    }
  }
}
