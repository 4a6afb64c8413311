import type { Dice } from '../dice.ts'
import type { History } from '../history.ts'
import type { Testbed, TestSensor } from '../testbed.ts'

/** The context of a fault. */
export interface Context {
  testbed: Testbed
  history: History
  dice: Dice
  /** Duration of the longest outage, ms. */
  longestOutage: number
  /** Waits for a time in ms, or until the end of the run. */
  pause(ms: number): Promise<void>
  /** Call this before the database is replaced by another one. */
  beforeDatabase(): void
}

/** A fault that is about to be injected. */
export interface Drawn {
  /** Parts of the testbed that no other fault may affect meanwhile. */
  parts: string[]
  /** Injects the fault, and repairs it at the end. */
  run(): Promise<void>
}

export interface Fault {
  name: string
  weight: number
  /** The reason why it is impossible in this testbed; undefined if it is possible. */
  impossible?(testbed: Testbed): string | undefined
  /** Null if it is impossible at this moment. */
  draw(context: Context): Drawn | null
}

export const partOf = (sensor: TestSensor) => sensor.id
export const diskOf = (sensor: TestSensor) => [`disk of ${sensor.id}`]

/** Time for a program to notice a fault, ms. */
export const noticeTimeout = 30_000

/** Waits before a killed program is started again. */
export const outage = ({ dice, pause, longestOutage }: Context) => pause(dice.skewed(20, Math.min(longestOutage, 10_000)))

/** A fault that kills the monitor, and changes its files before the restart. */
export function withMonitorStopped(work: (context: Context) => void, needs: string[] = []): Fault['draw'] {
  return (context) => ({
    parts: ['monitor', ...needs],
    async run() {
      await context.testbed.monitor.kill()
      work(context)
      await outage(context)
      context.testbed.monitor.start()
    },
  })
}

/** A fault that kills a sensor, and changes its files before the restart. */
export function withSensorStopped(
  work: (context: Context, sensor: TestSensor) => void,
  needs: (sensor: TestSensor) => string[] = () => [],
  among: (testbed: Testbed) => readonly TestSensor[] = ({ sensors }) => sensors,
): Fault['draw'] {
  return (context) => {
    const sensor = context.dice.one(among(context.testbed))
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
