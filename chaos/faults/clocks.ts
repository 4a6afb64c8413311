import { hour } from '@hearthwatch/protocol/durations'
import type { Dice } from '../dice.ts'
import type { Fault } from './fault.ts'

const tenYears = 3652 * 24 * hour

/** Up to 6 hours ahead or behind, or right again. Never so far that the monitor refuses such times. */
function jump(dice: Dice): number {
  return dice.chance() < 0.4 ? 0 : dice.whole(-6 * hour, 6 * hour)
}

/** Clocks that somebody sets. */
export const clockFaults: readonly Fault[] = [
  {
    name: 'monitor’s clock jumps',
    weight: 1,
    draw: ({ house, dice }) => ({
      parts: [],
      async run() {
        house.monitor.clockOffset = jump(dice)
      },
    }),
  },
  {
    name: 'sensor’s clock jumps',
    weight: 1.5,
    draw: ({ house, dice }) => {
      const sensor = dice.one(house.sensors)
      return {
        parts: [`clock of ${sensor.id}`],
        async run() {
          sensor.program.clockOffset = jump(dice)
        },
      }
    },
  },
  {
    name: 'sensor’s clock ten years off for a while',
    weight: 0.8,
    draw: ({ house, dice, longest, pause }) => {
      // The oven's crossings are to be judged: nobody could by such times.
      const sensor = dice.one(house.sensors.filter((one) => one !== house.oven))
      return {
        parts: [`clock of ${sensor.id}`],
        async run() {
          sensor.program.clockOffset = dice.one([-tenYears, tenYears])
          await pause(dice.skewed(500, longest))
          sensor.program.clockOffset = 0
        },
      }
    },
  },
]
