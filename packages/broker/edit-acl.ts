import { sensorsIn, withoutSensor, withSensor } from './acl.ts'

/** The committed list is above this line, and is replaced when it changes. All below it stays. */
const border = '# --- Above: the committed list. Below: the sensors, and your own lines, which setup keeps. ---'

/** A sensor, and the rooms in which it may publish: its own first. */
export interface SensorRooms {
  id: string
  rooms: readonly [string, ...string[]]
}

/**
 * The access list of this house: the committed one, then a block for each sensor and all lines that people have added.
 * @param before the present text of the made file
 */
export function completeAcl(acl: string, before: string | undefined, sensors: readonly SensorRooms[], removed?: string): string {
  // An earlier setup wrote its blocks into the committed file itself.
  const base = sensorsIn(acl).reduce(withoutSensor, acl)
  const own = before?.includes(border) ? before.slice(before.indexOf(border) + border.length).replace(/^\n*/, '\n') : ''
  const kept = removed === undefined ? own : withoutSensor(own, removed)
  return sensors.reduce(
    (text, { id, rooms: [room, ...others] }) => withSensor(text, id, room, ...others),
    `${base.replace(/\n*$/, '')}\n\n${border}\n${kept}`,
  )
}
