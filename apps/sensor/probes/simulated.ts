import { createHash } from 'node:crypto'
import { hour } from '@hearthwatch/protocol/durations'
import type { Driver, Surroundings } from './probe.ts'

/** A room that is not there: a slow wave over the day, a quicker one as of a heater, a little noise. */
export function simulated({ simulate: { mean, spread, seed } }: Pick<Surroundings, 'simulate'>): Driver {
  const begin = fraction(seed)
  return {
    find: async () => [
      {
        id: 'simulated',
        quantity: 'temperature',
        bus: 'simulated',
        async read(time) {
          const day = Math.sin(2 * Math.PI * (time / (24 * hour) + begin))
          const heater = Math.sin(2 * Math.PI * (time / (1.6 * hour) + 7 * begin))
          const noise = 2 * fraction(`${seed} ${time}`) - 1
          // The parts add up to 1 at most, so it stays within the spread.
          return mean + spread * (0.7 * day + 0.25 * heater + 0.05 * noise)
        },
      },
    ],
  }
}

/** A number from 0 to 1 that the text alone decides. */
function fraction(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32
}
