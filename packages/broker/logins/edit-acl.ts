import { isDeviceId, isFilter, isName } from '@hearthwatch/protocol'

/** The committed list is above this line, and is replaced when it changes. All below it stays. */
const border = '# --- Above: the committed list. Below: the sensors, and your own lines, which setup keeps. ---'

/** A sensor, and the rooms in which it may publish: its own first. */
export interface SensorRooms {
  id: string
  rooms: readonly [string, ...string[]]
}

/** The login of a device of others, and its lines: `topic write tele/larder/#`. */
export interface DeviceRights {
  name: string
  lines: readonly string[]
}

/** The logins of this house that have a block in its list. */
export interface AclLogins {
  sensors: readonly SensorRooms[]
  devices?: readonly DeviceRights[]
  /** A sensor or device that is taken away. */
  removed?: string | undefined
  /** True if the removed one may keep its connection, so that it must be denied everything: one by certificate, at Mosquitto. */
  isDenied?: boolean
}

/**
 * The access list of this house: the committed one, then a block for each login and all lines that people have added.
 * @param before the present text of the made file
 * @throws RangeError for an invalid login
 */
export function completeAcl(
  acl: string,
  before: string | undefined,
  { sensors, devices = [], removed, isDenied = false }: AclLogins,
): string {
  // An earlier setup wrote its blocks into the committed file itself.
  const base = sensorsIn(acl).reduce(withoutLogin, acl)
  const own = before?.includes(border) ? before.slice(before.indexOf(border) + border.length).replace(/^\n*/, '\n') : ''
  const present = [...sensors.map(({ id }) => id), ...devices.map(({ name }) => name)]
  const kept = present.reduce(
    (text, id) => withoutBlock(text, headings.removed(id)),
    removed === undefined ? own : withoutLogin(own, removed),
  )
  const denied = removed === undefined || !isDenied ? [] : [[headings.removed(removed), `user ${removed}`, 'topic deny #', ''].join('\n')]
  const blocks = [
    ...denied,
    ...sensors.map(({ id, rooms: [room, ...others] }) => sensorAcl(id, room, ...others)),
    ...devices.map(deviceAcl),
  ]
  return blocks.reduce(withBlock, `${base.replace(/\n*$/, '')}\n\n${border}\n${kept}`)
}

/** The ids of all sensors with a block in the text. */
export function sensorsIn(text: string): string[] {
  return [...text.matchAll(/^# Sensor ([a-z0-9-]{1,32}), written by setup\s*$/gm)].map(([, id = '']) => id)
}

/** First lines of the blocks that setup has written; a block ends at the next empty line. */
const headings = {
  sensor: (id: string) => `# Sensor ${id}, written by setup`,
  device: (name: string) => `# Device ${name}, written by setup`,
  removed: (id: string) => `# ${id} was removed by setup; a connection that it may still have open is of no use.`,
}

/**
 * The block of an ACL file that lets a sensor publish into its rooms, in addition to the patterns of the committed list.
 * @param others the rooms of its other probes
 * @throws RangeError for an id that is not `[a-z0-9-]{1,32}` or is `monitor` or `guest`, and for an invalid room.
 */
export function sensorAcl(id: string, room: string, ...others: readonly string[]): string {
  checkLogin(id)
  const wrong = [room, ...others].find((name) => !isName(name))
  if (wrong !== undefined) throw new RangeError(`not a room: ${JSON.stringify(wrong)}`)
  return [
    headings.sensor(id),
    `user ${id}`,
    `topic write home/${room}/+`,
    `topic readwrite home/${room}/sensor/status`,
    ...others.map((other) => `topic write home/${other}/+`),
    'topic read monitor/status',
    '',
  ].join('\n')
}

/**
 * The block of an ACL file that lets a device of others use its own topics. It takes the rights of the patterns away, because
 * the device is no sensor of ours.
 * @throws RangeError for an invalid name or line
 */
export function deviceAcl({ name, lines }: DeviceRights): string {
  checkLogin(name)
  for (const line of lines) {
    const [, filter = ''] = /^topic (?:read|write|readwrite) (.+)$/.exec(line) ?? []
    if (!isFilter(filter)) throw new RangeError(`not a line of an access list: ${JSON.stringify(line)}`)
  }
  return [headings.device(name), `user ${name}`, ...lines, `topic deny device/${name}/#`, ''].join('\n')
}

/**
 * Adds the sensor's block to the text of an ACL file, or replaces it in place. All other lines stay unchanged.
 * @throws RangeError as `sensorAcl` does.
 */
export const withSensor = (text: string, id: string, room: string, ...others: readonly string[]): string =>
  withBlock(text, sensorAcl(id, room, ...others))

function checkLogin(id: string): void {
  if (!isDeviceId(id) || id === 'monitor' || id === 'guest') throw new RangeError(`not the id of a login: ${JSON.stringify(id)}`)
}

function withBlock(text: string, block: string): string {
  const [heading = '', ...rest] = block.trimEnd().split('\n')
  const place = placeOf(text, heading)
  if (place === null) return `${text.replace(/\n*$/, '')}\n\n${block}`
  const { lines, start, end } = place
  return [...lines.slice(0, start), heading, ...rest, ...lines.slice(end)].join('\n')
}

/** Removes the block of a sensor or device from the text of an ACL file. All other lines stay unchanged. */
const withoutLogin = (text: string, id: string): string => withoutBlock(withoutBlock(text, headings.sensor(id)), headings.device(id))

function withoutBlock(text: string, heading: string): string {
  const place = placeOf(text, heading)
  if (place === null) return text
  const { lines, start, end } = place
  // The empty line above it belongs to the block.
  return [...lines.slice(0, lines[start - 1]?.trim() === '' ? start - 1 : start), ...lines.slice(end)].join('\n')
}

/** The lines of the text, and the place of the block with this heading among them; null: there is none. */
function placeOf(text: string, heading: string): { lines: string[]; start: number; end: number } | null {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trimEnd() === heading)
  if (start === -1) return null
  let end = start
  while (end < lines.length && lines[end]?.trim() !== '') end++
  return { lines, start, end }
}
