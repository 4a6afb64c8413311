/** What a number means: its unit for people and the range that is physically possible here. */
export interface Quantity {
  unit: string
  min: number
  max: number
}

/** The quantities that we know. Others are kept as they come, without a unit. */
const known: ReadonlyMap<string, Quantity> = new Map([
  ['temperature', { unit: '°C', min: -100, max: 250 }],
  ['humidity', { unit: '%', min: 0, max: 100 }],
  ['pressure', { unit: 'hPa', min: 300, max: 1200 }],
  ['battery', { unit: '%', min: 0, max: 100 }],
  ['co2', { unit: 'ppm', min: 0, max: 50_000 }],
  ['illuminance', { unit: 'lx', min: 0, max: 200_000 }],
  ['voltage', { unit: 'V', min: -1000, max: 1000 }],
  ['power', { unit: 'W', min: -100_000, max: 100_000 }],
])

/** Levels that stand where a quantity would, but mean something else: `home/{room}/alert`, `home/{room}/sensor/status`. */
const reserved: ReadonlySet<string> = new Set(['alert', 'sensor'])

const unknown: Quantity = { unit: '', min: -Number.MAX_VALUE, max: Number.MAX_VALUE }

/** What a numbered quantity measures: `temperature_2`, the second probe of a room, is a `temperature`. */
export function baseQuantity(name: string): string {
  return name.replace(/_\d+$/, '')
}

/** Unit and range of a quantity, numbered or not; for one that nobody knows an empty unit and every finite number. */
export function quantityOf(name: string): Quantity {
  return known.get(name) ?? known.get(baseQuantity(name)) ?? unknown
}

/** A quantity's name: `[a-z][a-z0-9_]{0,31}`, and none of the reserved words. */
export function isQuantity(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,31}$/.test(name) && !reserved.has(name)
}

/** The names of the quantities that have a unit and a range. */
export const knownQuantities: readonly string[] = [...known.keys()]
