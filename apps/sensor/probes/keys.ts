import type { Probe } from './probe.ts'

/** Probe id → key. */
export type Keys = ReadonlyMap<string, string>

/**
 * Names the probes in the order of their ids: `temperature`, `temperature_2` and so on, and `fridge/temperature` in another
 * room than the sensor's own. A key stays with its probe, also while it is unplugged, so that no series continues with
 * another probe's values.
 * @param roomOf returns undefined for a probe in the sensor's own room
 */
export function nameProbes<P extends Pick<Probe, 'id' | 'quantity'>>(
  keys: Keys,
  probes: readonly P[],
  roomOf: (probe: P) => string | undefined = () => undefined,
): Keys {
  const named = new Map(keys)
  const taken = new Set(keys.values())
  for (const probe of probes.toSorted(byId)) {
    if (named.has(probe.id)) continue
    const room = roomOf(probe)
    const first = room === undefined ? probe.quantity : `${room}/${probe.quantity}`
    let key: string = first
    for (let n = 2; taken.has(key); n += 1) key = `${first}_${n}`
    named.set(probe.id, key)
    taken.add(key)
  }
  return named
}

function byId(a: Pick<Probe, 'id'>, b: Pick<Probe, 'id'>): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
