import { createDice, type Dice } from './dice.ts'
import type { Context, Fault } from './faults/fault.ts'
import { faults, usualFaults } from './faults/index.ts'
import type { Testbed } from './testbed.ts'

/** Injects faults into a testbed. */
export type Nemesis = ReturnType<typeof createNemesis>

const mostAtOnce = 4

/** @param only only faults whose name contains one of these words; empty: the usual ones */
export function createNemesis(
  testbed: Testbed,
  context: Omit<Context, 'dice'>,
  dice: Dice,
  only: readonly string[],
  onInject: (name: string) => void,
) {
  const counts = new Map<string, number>()
  const impossible = new Map<string, string>()
  const possible: Fault[] = []
  for (const fault of only.length > 0 ? faults : usualFaults(testbed.cluster !== null)) {
    if (only.length > 0 && !only.some((word) => fault.name.includes(word))) continue
    const why = fault.impossible?.(testbed)
    if (why === undefined) possible.push(fault)
    else impossible.set(fault.name, why)
  }
  const busy = new Set<string>()
  const running = new Set<Promise<void>>()
  let failure: unknown

  return {
    /** Number of injections by fault. */
    counts,
    /** Faults that are impossible in this testbed, with the reasons. */
    impossible,
    /** Chooses a fault and starts it, unless one of its parts is already affected by another one. @throws the error of a fault */
    inject(): void {
      if (failure !== undefined) throw failure
      const fault = dice.weighted(possible)
      // Each fault has its own dice, so that the timing of others does not change the sequence of faults.
      const drawn = fault.draw({ ...context, dice: createDice(dice.whole(0, 2 ** 32 - 1)) })
      if (drawn === null || running.size >= mostAtOnce || drawn.parts.some((part) => busy.has(part))) return
      counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1)
      onInject(fault.name)
      for (const part of drawn.parts) busy.add(part)
      const run = drawn
        .run()
        .catch((error: unknown) => {
          failure ??= error
        })
        .finally(() => {
          for (const part of drawn.parts) busy.delete(part)
          running.delete(run)
        })
      running.add(run)
    },
    /** Waits for the end of all faults. @throws the error of a fault */
    async idle(): Promise<void> {
      await Promise.all(running)
      if (failure !== undefined) throw failure
    },
  }
}
