import type { Probe } from './probe.ts'

/** Probe id → key. */
export type Keys = ReadonlyMap<string, string>

/**
 * Names the probes of one room in the order of their ids: `temperature`, `temperature_2` and so on.
 * A key stays with its probe, also while it is unplugged, so that no series continues with another probe's values.
 */
export function nameProbes(keys: Keys, probes: readonly Pick<Probe, 'id' | 'quantity'>[]): Keys {
  const named = new Map(keys)
  const taken = new Set(keys.values())
  for (const { id, quantity } of probes.toSorted(byId)) {
    if (named.has(id)) continue
    let key: string = quantity
    for (let n = 2; taken.has(key); n += 1) key = `${quantity}_${n}`
    named.set(id, key)
    taken.add(key)
  }
  return named
}

function byId(a: Pick<Probe, 'id'>, b: Pick<Probe, 'id'>): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
