import type { House, SensorPlace } from '../house.ts'
import { copyDatabase, deleteDatabase, deleteWal, restoreDatabase } from '../snapshot.ts'
import { diskOf, type Fault, withMonitorDead, withSensorDead } from './fault.ts'

const needsVolumes = ({ monitorVolume }: House) => (monitorVolume.limited ? undefined : 'a disk of limited size takes root')
function replaceDatabase(replace: (house: House) => void): Fault['draw'] {
  return withMonitorDead(
    ({ house, witness, beforeDatabase }) => {
      beforeDatabase()
      replace(house)
      witness.afterDatabase()
    },
    ['disk of monitor'],
  )
}

// The witness reads the database besides, which takes a little room.
function replaceOutbox(replace: (sensor: SensorPlace) => void): Fault['draw'] {
  return withSensorDead(
    ({ witness }, sensor) => {
      witness.beforeOutbox(sensor)
      replace(sensor)
      witness.afterOutbox(sensor)
    },
    (sensor) => [...diskOf(sensor), 'disk of monitor'],
  )
}

/** Disks that fill up, get lost, or come back from the past. */
export const diskFaults: readonly Fault[] = [
  {
    name: 'monitor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ house, dice, longest, pause }) => ({
      // It may be killed and started on the full disk; only its files are not exchanged meanwhile.
      parts: ['disk of monitor'],
      async run() {
        house.monitorVolume.fill()
        await pause(dice.skewed(500, longest))
        house.monitorVolume.free()
      },
    }),
  },
  {
    name: 'sensor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ house, dice, longest, pause }) => {
      const sensor = dice.one(house.sensors)
      return {
        parts: diskOf(sensor),
        async run() {
          sensor.volume.fill()
          await pause(dice.skewed(500, longest))
          sensor.volume.free()
        },
      }
    },
  },
  {
    name: 'monitor killed, its database copied',
    weight: 1.5,
    draw: withMonitorDead(({ house }) => copyDatabase(house.databaseFile, house.databaseCopy)),
  },
  {
    name: 'database restored from an earlier copy',
    weight: 1,
    draw: replaceDatabase(({ databaseFile, databaseCopy }) => void restoreDatabase(databaseFile, databaseCopy)),
  },
  { name: 'database deleted', weight: 0.6, draw: replaceDatabase(({ databaseFile }) => deleteDatabase(databaseFile)) },
  { name: 'database without its WAL', weight: 0.6, draw: replaceDatabase(({ databaseFile }) => deleteWal(databaseFile)) },
  {
    name: 'sensor killed, its outbox copied',
    weight: 1.5,
    draw: withSensorDead((_, { outboxFile, copy }) => copyDatabase(outboxFile, copy)),
  },
  {
    name: 'outbox rolled back to an earlier copy',
    weight: 1,
    draw: replaceOutbox(({ outboxFile, copy }) => void restoreDatabase(outboxFile, copy)),
  },
  { name: 'outbox deleted', weight: 0.4, draw: replaceOutbox(({ outboxFile }) => deleteDatabase(outboxFile)) },
]
