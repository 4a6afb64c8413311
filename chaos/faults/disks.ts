import type { Testbed } from '../testbed.ts'
import { diskOf, type Fault } from './fault.ts'

const needsVolumes = ({ monitorVolume }: Testbed) => (monitorVolume.limited ? undefined : 'a disk of limited size needs root')

/** Faults of the disks. */
export const diskFaults: readonly Fault[] = [
  {
    name: 'monitor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ testbed, dice, longestOutage, pause }) => ({
      // The monitor may be killed and started meanwhile, but its files must not be replaced.
      parts: ['disk of monitor'],
      async run() {
        testbed.monitorVolume.fill()
        await pause(dice.skewed(500, longestOutage))
        testbed.monitorVolume.free()
      },
    }),
  },
  {
    name: 'sensor’s disk full',
    weight: 1.5,
    impossible: needsVolumes,
    draw: ({ testbed, dice, longestOutage, pause }) => {
      const sensor = dice.one(testbed.sensors)
      return {
        parts: diskOf(sensor),
        async run() {
          sensor.volume.fill()
          await pause(dice.skewed(500, longestOutage))
          sensor.volume.free()
        },
      }
    },
  },
]
