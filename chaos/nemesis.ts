import { createDice, type Dice } from './dice.ts'
import type { Context, Fault } from './faults/fault.ts'
import { faults } from './faults/index.ts'
import type { House } from './house.ts'

/** What happens to the house, and when. */
export interface Nemesis {
  /** How often each fault has happened. */
  readonly counts: ReadonlyMap<string, number>
  /** Faults that this house cannot have, each with the reason. */
  readonly impossible: ReadonlyMap<string, string>
  /** What is going on at this moment. */
  readonly now: readonly string[]
  /** Draws one fault and lets it begin, unless what it is about is in trouble already. */
  strike(): void
  /** Waits until no fault is left. */
  calm(): Promise<void>
}

const mostAtOnce = 4

/** @param only faults with one of these words in their name; none: all of them */
export function createNemesis(
  house: House,
  context: Omit<Context, 'dice'>,
  dice: Dice,
  only: readonly string[],
  onStrike: (name: string) => void,
): Nemesis {
  const counts = new Map<string, number>()
  const impossible = new Map<string, string>()
  const possible: Fault[] = []
  for (const fault of faults) {
    if (only.length > 0 && !only.some((word) => fault.name.includes(word))) continue
    const why = fault.impossible?.(house)
    if (why === undefined) possible.push(fault)
    else impossible.set(fault.name, why)
  }
  const busy = new Set<string>()
  const going = new Map<Promise<void>, string>()
  let failure: unknown

  return {
    counts,
    impossible,
    get now() {
      return [...going.values()]
    },
    strike() {
      if (failure !== undefined) throw failure
      const fault = dice.weighted(possible)
      // With dice of its own: how long others still need must not change what comes next.
      const drawn = fault.draw({ ...context, dice: createDice(dice.whole(0, 2 ** 32 - 1)) })
      if (drawn === null || going.size >= mostAtOnce || drawn.parts.some((part) => busy.has(part))) return
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
      onStrike(fault.name)
      for (const part of drawn.parts) busy.add(part)
      const run = drawn
        .run()
        .catch((error: unknown) => {
          failure ??= error
        })
        .finally(() => {
          for (const part of drawn.parts) busy.delete(part)
          going.delete(run)
        })
      going.set(run, fault.name)
    },
    async calm() {
      await Promise.all(going.keys())
      if (failure !== undefined) throw failure
    },
  }
}
