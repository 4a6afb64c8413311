/** Unit of a quantity, and the range that is possible in and around a house. */
export interface Quantity {
  unit: string
  min: number
  max: number
}

/** A Prometheus gauge in base units. */
export interface Gauge {
  name: string
  /** Factor from the quantity's unit to the gauge's. */
  scale: number
}

interface KnownQuantity extends Quantity {
  gauge: Gauge
  en: string
  'zh-TW': string
}

/** The quantities that we know, in the order in which people look for them. */
const table: Record<string, KnownQuantity> = {
  temperature: {
    unit: '°C',
    min: -100,
    max: 250,
    gauge: { name: 'hearthwatch_temperature_celsius', scale: 1 },
    en: 'Temperature',
    'zh-TW': '溫度',
  },
  humidity: { unit: '%', min: 0, max: 100, gauge: { name: 'hearthwatch_humidity_ratio', scale: 0.01 }, en: 'Humidity', 'zh-TW': '濕度' },
  co2: { unit: 'ppm', min: 0, max: 50_000, gauge: { name: 'hearthwatch_co2_ratio', scale: 1e-6 }, en: 'CO₂', 'zh-TW': '二氧化碳' },
  pressure: {
    unit: 'hPa',
    min: 300,
    max: 1200,
    gauge: { name: 'hearthwatch_pressure_pascals', scale: 100 },
    en: 'Air pressure',
    'zh-TW': '氣壓',
  },
  illuminance: {
    unit: 'lx',
    min: 0,
    max: 200_000,
    gauge: { name: 'hearthwatch_illuminance_lux', scale: 1 },
    en: 'Light',
    'zh-TW': '照度',
  },
  power: {
    unit: 'W',
    min: -100_000,
    max: 100_000,
    gauge: { name: 'hearthwatch_power_watts', scale: 1 },
    en: 'Power',
    'zh-TW': '功率',
  },
  voltage: { unit: 'V', min: -1000, max: 1000, gauge: { name: 'hearthwatch_voltage_volts', scale: 1 }, en: 'Voltage', 'zh-TW': '電壓' },
  battery: { unit: '%', min: 0, max: 100, gauge: { name: 'hearthwatch_battery_ratio', scale: 0.01 }, en: 'Battery', 'zh-TW': '電量' },
}

const ranges: ReadonlyMap<string, Quantity> = new Map(Object.entries(table).map(([name, { unit, min, max }]) => [name, { unit, min, max }]))

/** Topic levels in a quantity's place with another meaning: `home/{room}/alert`, `home/{room}/sensor/status`. */
const ours = ['alert', 'sensor']
/** Words by which gateways and nodes of others publish beside our readings: `home/{gateway}/version`. */
const ofOthers = ['version', 'status', 'online', 'presence', 'debug', 'lwt', 'state', 'availability', 'config', 'set', 'get']
const reserved: ReadonlySet<string> = new Set([...ours, ...ofOthers])

/** True for the last level of a topic below `home/` on which programs of others publish, and never a reading. */
export const isWordOfOthers = (level: string): boolean => ofOthers.includes(level.toLowerCase()) || /^[A-Z]{2,}\d*$|toMQTT$/.test(level)

const unknown: Quantity = { unit: '', min: -Number.MAX_VALUE, max: Number.MAX_VALUE }

/** The quantity without its number: `temperature_2`, the second probe of a room, is a `temperature`. */
export function baseQuantity(name: string): string {
  return name.replace(/_\d+$/, '')
}

/** Unit and range of a quantity, numbered or not. An unknown one has an empty unit and the range of all finite numbers. */
export function quantityOf(name: string): Quantity {
  return ranges.get(name) ?? ranges.get(baseQuantity(name)) ?? unknown
}

/** The gauge of a quantity, numbered or not; undefined for an unknown one. */
export function gaugeOf(name: string): Gauge | undefined {
  return knownOf(name)?.gauge
}

/** The name for people: `Temperature 2` for `temperature_2`; undefined for an unknown quantity. */
export function quantityTitle(name: string, language: 'en' | 'zh-TW'): string | undefined {
  const number = name.slice(baseQuantity(name).length).replace('_', ' ')
  const title = knownOf(name)?.[language]
  return title === undefined ? undefined : title + number
}

/** A quantity's name: `[a-z][a-z0-9_]{0,31}`, and none of the reserved words, such as `alert`, `version` and `online`. */
export function isQuantity(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,31}$/.test(name) && !reserved.has(name)
}

/** The names of all known quantities, the most important first. */
export const knownQuantities: readonly string[] = Object.keys(table)

/** Sorts the most important quantity first, and a numbered quantity after the plain one. */
export const byImportance = (a: string, b: string): number => importance(a) - importance(b) || a.localeCompare(b)

function importance(name: string): number {
  const place = knownQuantities.indexOf(baseQuantity(name))
  return (place === -1 ? knownQuantities.length : place) * 2 + (/_\d+$/.test(name) ? 1 : 0)
}

function knownOf(name: string): KnownQuantity | undefined {
  const base = baseQuantity(name)
  return Object.hasOwn(table, base) ? table[base] : undefined
}
