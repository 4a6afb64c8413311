import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { House, SensorPlace } from '../house.ts'
import { copyDatabase, deleteDatabase, restoreDatabase } from '../snapshot.ts'
import { diskOf, type Fault, partOf, until, withSensorDead } from './fault.ts'

/**
 * The card of the last sensor is spared: it has each reading of its own to the end, so that none of them may be missing,
 * whatever becomes of the database.
 */
const atRisk = ({ sensors }: House) => sensors.slice(0, -1)

/** The history reads the database, which must not be exchanged meanwhile. */
const needs = (sensor: SensorPlace) => [...diskOf(sensor), 'disk of monitor']

function replace(work: (sensor: SensorPlace) => void): Fault['draw'] {
  return withSensorDead(
    ({ history }, sensor) => {
      history.beforeOutbox(sensor)
      work(sensor)
      history.afterOutbox(sensor)
    },
    needs,
    atRisk,
  )
}

/** A crossing of the oven must be told; what is lost with a card cannot be. */
const rooms = (house: House) => atRisk(house).filter((sensor) => sensor !== house.oven)
const needsRooms = (house: House) => (rooms(house).length > 0 ? undefined : 'it takes two sensors beside the oven')

/** The cards of sensors get lost, are cloned, come back from the past, or are too small for a long outage. */
export const cardFaults: readonly Fault[] = [
  {
    name: 'sensor killed, its outbox copied',
    weight: 1.5,
    draw: withSensorDead((_, { outboxFile, copy }) => copyDatabase(outboxFile, copy)),
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
    draw: ({ house, dice }) => {
      const sensor = dice.one(house.sensors)
      return {
        parts: [partOf(sensor), ...diskOf(sensor)],
        async run() {
          deleteDatabase(sensor.outboxFile)
          // Killed before it has noticed, what waited there would be gone with it.
          await until(() => existsSync(sensor.outboxFile))
        },
      }
    },
  },
  {
    name: 'outbox at its cap',
    weight: 0.7,
    impossible: needsRooms,
    draw: ({ house, dice, history, pause }) => {
      const sensor = dice.one(rooms(house))
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
    name: 'card cloned: two sensors are one',
    weight: 0.6,
    impossible: needsRooms,
    draw: ({ house, dice, history, pause }) => {
      const sensor = dice.one(rooms(house))
      return {
        parts: [partOf(sensor), ...needs(sensor)],
        async run() {
          const folder = join(house.folder, 'sensors', `${sensor.id}-clone`)
          mkdirSync(folder, { recursive: true })
          const clone = house.cloneOf(sensor, folder)
          await sensor.program.kill()
          copyDatabase(sensor.outboxFile, folder)
          sensor.program.start()
          clone.program.start()
          await pause(dice.skewed(3000, 12_000))
          await clone.program.kill()
          history.afterClone(sensor, clone)
          rmSync(folder, { recursive: true })
          if (clone.program.accidents[0]) throw new Error(clone.program.accidents[0])
        },
      }
    },
  },
]
