import type { House } from '../house.ts'
import { diskOf, type Fault } from './fault.ts'

const needsVolumes = ({ monitorVolume }: House) => (monitorVolume.limited ? undefined : 'a disk of limited size takes root')

/** Disks that fill up. */
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
]
