import { hour } from '@hearthwatch/protocol/durations'
import type { Dice } from '../dice.ts'
import type { Fault } from './fault.ts'

const tenYears = 3652 * 24 * hour

/** An offset of up to 6 hours, or 0. The monitor accepts such times. */
function jump(dice: Dice): number {
  return dice.chance() < 0.4 ? 0 : dice.whole(-6 * hour, 6 * hour)
}

/** Faults of the clocks. */
export const clockFaults: readonly Fault[] = [
  {
    name: 'monitor’s clock jumps',
    weight: 1,
    draw: ({ testbed, dice }) => ({
      parts: [],
      async run() {
        testbed.monitor.clockOffset = jump(dice)
      },
    }),
  },
  {
    name: 'sensor’s clock jumps',
    weight: 1.5,
    draw: ({ testbed, dice }) => {
      const sensor = dice.one(testbed.sensors)
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
    draw: ({ testbed, dice, longestOutage, pause }) => {
      // The heated sensor is excluded: its crossings raise no alert with such times.
      const sensor = dice.one(testbed.sensors.filter((one) => one !== testbed.heatedSensor))
      return {
        parts: [`clock of ${sensor.id}`],
        async run() {
          sensor.program.clockOffset = dice.one([-tenYears, tenYears])
          await pause(dice.skewed(500, longestOutage))
          sensor.program.clockOffset = 0
        },
      }
    },
  },
]
