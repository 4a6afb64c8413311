import { type ProbeRooms, spelled } from '@hearthwatch/protocol'

/** The probes that `PROBES` names and that the driver of `PROBE` does not find, as sentences. */
export function driverConflictsOf(rooms: ProbeRooms, chosen: string): string[] {
  if (chosen === 'auto') return []
  return [...rooms.keys()]
    .filter((probe) => driverOf(probe) !== chosen)
    .map((probe) => `PROBES names ${probe}, which PROBE=${chosen} does not read`)
}

/** undefined: `PROBES` does not name it. */
function roomOfProbe(rooms: ProbeRooms, { id: probe, chip }: { id: string; chip: string }): string | undefined {
  return rooms.get(probe) ?? rooms.get(chip) ?? rooms.get(driverOf(probe))
}

/** The room of a probe that is not in the sensor's own room; undefined: it is. */
export function otherRoomOf(rooms: ProbeRooms, ownRoom: string, probe: { id: string; chip: string }): string | undefined {
  const room = roomOfProbe(rooms, probe)
  return room === spelled(ownRoom) ? undefined : room
}

/** The driver in a probe's id. */
export function driverOf(probe: string): string {
  return probe.split('-')[0] ?? ''
}

/** The names in `PROBES` that none of these probes has. */
export function missingOf(rooms: ProbeRooms, probes: readonly { id: string; chip: string }[]): string[] {
  return [...rooms.keys()].filter((name) => !probes.some(({ id: probe, chip }) => [probe, chip, driverOf(probe)].includes(name)))
}
