import { createHash } from 'node:crypto'
import { hour } from '@hearthwatch/protocol/durations'
import type { Driver, DriverContext } from './probe.ts'

/** A simulated room: a slow wave over the day, a faster one like a heater's, a little noise. */
export function simulated({ simulate: { mean, spread, seed } }: Pick<DriverContext, 'simulate'>): Driver {
  const begin = fraction(seed)
  return {
    find: async () => [
      {
        id: 'simulated',
        chip: 'simulated',
        quantity: 'temperature',
        bus: 'simulated',
        async read(time) {
          const day = Math.sin(2 * Math.PI * (time / (24 * hour) + begin))
          const heater = Math.sin(2 * Math.PI * (time / (1.6 * hour) + 7 * begin))
          const noise = 2 * fraction(`${seed} ${time}`) - 1
          // The weights add up to 1, so the value stays within the spread.
          return mean + spread * (0.7 * day + 0.25 * heater + 0.05 * noise)
        },
      },
    ],
  }
}

/** A number from 0 to 1, always the same for the same text. */
function fraction(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32
}
