import { isName, spelled } from './topics/names.ts'

/** Rooms of the probes that `PROBES` names: by a probe's id, the id of its chip, or the name of its driver. */
export type ProbeRooms = ReadonlyMap<string, string>

const id = /^(?:w1|iio|hwmon|cpu|simulated)(?:-[\w.@:-]{1,120})?$/
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
    const swallowed = room.split(/[\s,;]/u).find((word, at) => word.includes('=') || (at > 0 && word.includes('-') && id.test(word)))
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
