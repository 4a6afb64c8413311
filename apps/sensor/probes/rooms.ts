import { isName, spelled } from '@hearthwatch/protocol'

/** Rooms of the probes that `PROBES` names, by a probe's id or by the id of its chip. */
export type ProbeRooms = ReadonlyMap<string, string>

const id = /^(?:(?:w1|iio|hwmon|cpu)-[\w.@:-]{1,120}|simulated)$/
const exampleId = 'w1-28-0316a1b2c3d4'

/**
 * Parses `PROBES`: pairs of `probe=room`, separated by spaces. A room may contain spaces: a word without `=` belongs to the
 * room before it.
 * @returns the rooms and the problems, as sentences
 */
export function readProbeRooms(text: string): { rooms: ProbeRooms; problems: string[] } {
  const rooms = new Map<string, string>()
  const problems: string[] = []
  if (text.trim() === '') return { rooms, problems }
  for (const pair of text.trim().split(/\s+(?=[^\s=]+=)/u)) {
    const [probe = '', ...rest] = pair.split('=')
    const room = spelled(rest.join('=').replaceAll(/\s+/gu, ' '))
    // Otherwise a forgotten `=` or a comma would make a strange room.
    const swallowed = room.split(/[\s,;]/u).find((word, at) => word.includes('=') || (at > 0 && id.test(word)))
    if (rest.length === 0) problems.push(`PROBES must be pairs such as ${exampleId}=fridge (it has ${JSON.stringify(pair)})`)
    else if (!id.test(probe)) problems.push(`PROBES names ${JSON.stringify(probe)}, which is no probe's id such as ${exampleId}`)
    else if (swallowed !== undefined)
      problems.push(`PROBES has no pair for ${JSON.stringify(swallowed)}: write pairs with spaces between them`)
    else if (!isName(room))
      problems.push(`PROBES names ${JSON.stringify(room)}, which is no room's name: 1 to 64 characters, none of / + #`)
    else if (rooms.has(probe)) problems.push(`PROBES names ${probe} twice`)
    else rooms.set(probe, room)
  }
  return { rooms, problems }
}

/** The probes that `PROBES` names and that the driver of `PROBE` does not find, as sentences. */
export function driverConflictsOf(rooms: ProbeRooms, chosen: string): string[] {
  const finds = (probe: string) => (chosen === 'auto' ? /^(w1|iio|hwmon)-/.test(probe) : probe.split('-')[0] === chosen)
  return [...rooms.keys()].filter((probe) => !finds(probe)).map((probe) => `PROBES names ${probe}, which PROBE=${chosen} does not read`)
}

/** The room of a probe; undefined: `PROBES` does not name it. */
export function roomOfProbe(rooms: ProbeRooms, { id: probe, chip }: { id: string; chip: string }): string | undefined {
  return rooms.get(probe) ?? rooms.get(chip)
}

/** The names in `PROBES` that none of these probes has. */
export function missingOf(rooms: ProbeRooms, probes: readonly { id: string; chip: string }[]): string[] {
  return [...rooms.keys()].filter((name) => !probes.some(({ id: probe, chip }) => probe === name || chip === name))
}
