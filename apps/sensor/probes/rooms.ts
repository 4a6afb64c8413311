import type { ProbeRooms } from '@hearthwatch/protocol'

/** The probes that `PROBES` names and that the driver of `PROBE` does not find, as sentences. */
export function driverConflictsOf(rooms: ProbeRooms, chosen: string): string[] {
  if (chosen === 'auto') return []
  return [...rooms.keys()]
    .filter((probe) => driverOf(probe) !== chosen)
    .map((probe) => `PROBES names ${probe}, which PROBE=${chosen} does not read`)
}

/** The room of a probe; undefined: `PROBES` does not name it. */
export function roomOfProbe(rooms: ProbeRooms, { id: probe, chip }: { id: string; chip: string }): string | undefined {
  return rooms.get(probe) ?? rooms.get(chip) ?? rooms.get(driverOf(probe))
}

/** The driver in a probe's id. */
export function driverOf(probe: string): string {
  return probe.split('-')[0] ?? ''
}

/** The names in `PROBES` that none of these probes has. */
export function missingOf(rooms: ProbeRooms, probes: readonly { id: string; chip: string }[]): string[] {
  return [...rooms.keys()].filter((name) => !probes.some(({ id: probe, chip }) => [probe, chip, driverOf(probe)].includes(name)))
}
