import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { until } from '@hearthwatch/testhouse/eventually'
import { copyDatabase, deleteDatabase, restoreDatabase } from '../snapshot.ts'
import type { Testbed, TestSensor } from '../testbed.ts'
import { diskOf, type Fault, noticeTimeout, partOf, withSensorStopped } from './fault.ts'

/**
 * Sensors whose card may be destroyed. The last sensor is excluded: its outbox is complete, so none of its readings may be
 * missing.
 */
const atRisk = ({ sensors }: Testbed) => sensors.slice(0, -1)

/** The history reads the database, which must not be replaced meanwhile. */
const needs = (sensor: TestSensor) => [...diskOf(sensor), 'disk of monitor']

function replace(work: (sensor: TestSensor) => void): Fault['draw'] {
  return withSensorStopped(
    ({ history }, sensor) => {
      history.beforeOutbox(sensor)
      work(sensor)
      history.afterOutbox(sensor)
    },
    needs,
    atRisk,
  )
}

/** The heated sensor is excluded, because readings lost with its card could not raise their alert. */
const rooms = (testbed: Testbed) => atRisk(testbed).filter((sensor) => sensor !== testbed.heatedSensor)
const needsRooms = (testbed: Testbed) => (rooms(testbed).length > 0 ? undefined : 'it needs two sensors besides the heated one')

/** Faults of the sensors' SD cards: lost, cloned, restored from an earlier copy, or too small for a long outage. */
export const cardFaults: readonly Fault[] = [
  {
    name: 'sensor killed, its outbox copied',
    weight: 1.5,
    draw: withSensorStopped((_, { outboxFile, copy }) => copyDatabase(outboxFile, copy)),
  },
  {
    name: 'outbox rolled back to an earlier copy',
    weight: 1,
    draw: replace(({ outboxFile, copy }) => void restoreDatabase(outboxFile, copy)),
  },
  { name: 'outbox deleted', weight: 0.4, draw: replace(({ outboxFile }) => deleteDatabase(outboxFile)) },
  {
    name: 'outbox deleted under the running sensor',
    weight: 0.5,
    draw: ({ testbed, dice }) => {
      const sensor = dice.one(testbed.sensors)
      return {
        parts: [partOf(sensor), ...diskOf(sensor)],
        async run() {
          // A sensor that is still starting has not opened the file, and would begin an empty one.
          await sensor.program.untilReady()
          deleteDatabase(sensor.outboxFile)
          // The sensor must restore the file before another fault may kill it; otherwise its readings would be lost.
          await until(() => existsSync(sensor.outboxFile), noticeTimeout)
        },
      }
    },
  },
  {
    name: 'outbox at its cap',
    weight: 0.7,
    impossible: needsRooms,
    draw: ({ testbed, dice, history, pause }) => {
      const sensor = dice.one(rooms(testbed))
      return {
        parts: [partOf(sensor), `link of ${sensor.id}`, ...needs(sensor)],
        async run() {
          await sensor.program.kill()
          const before = history.beforeCap(sensor)
          sensor.link.refuse(true)
          sensor.link.cut()
          sensor.program.start({ OUTBOX_MAX: String(dice.whole(2, 6) * 50) })
          await pause(dice.skewed(6000, 15_000))
          await sensor.program.kill()
          history.afterCap(sensor, before)
          sensor.link.refuse(false)
          sensor.program.start({})
        },
      }
    },
  },
  {
    name: 'card cloned: two sensors with one identity',
    weight: 0.6,
    impossible: needsRooms,
    draw: ({ testbed, dice, history, pause }) => {
      const sensor = dice.one(rooms(testbed))
      return {
        parts: [partOf(sensor), ...needs(sensor)],
        async run() {
          const folder = join(testbed.folder, 'sensors', `${sensor.id}-clone`)
          mkdirSync(folder, { recursive: true })
          const clone = testbed.cloneOf(sensor, folder)
          await sensor.program.kill()
          copyDatabase(sensor.outboxFile, folder)
          sensor.program.start()
          clone.program.start()
          await pause(dice.skewed(3000, 12_000))
          await clone.program.kill()
          history.afterClone(sensor, clone)
          rmSync(folder, { recursive: true })
          if (clone.program.crashes[0]) throw new Error(clone.program.crashes[0])
        },
      }
    },
  },
]
