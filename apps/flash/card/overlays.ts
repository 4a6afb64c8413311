/** Lines of config.txt by sensor; `gpio` and `address` are its default place. */
interface Overlay {
  /** The device tree overlay for a place. */
  lines(place: string): string[]
  place: string
}

const gpio = (line: (pin: string) => string, pin = '4'): Overlay => ({ lines: (place) => [line(place)], place: pin })
const i2c = (name: string, address?: string): Overlay => ({
  lines: (place) => ['dtparam=i2c_arm=on', `dtoverlay=i2c-sensor,${name}${place === '' ? '' : `,addr=${place}`}`],
  place: address ?? '',
})
const none: Overlay = { lines: () => [], place: '' }

const overlays: Readonly<Record<string, Overlay>> = {
  ds18b20: gpio((pin) => `dtoverlay=w1-gpio,gpiopin=${pin}`),
  dht11: gpio((pin) => `dtoverlay=dht11,gpiopin=${pin}`),
  bme280: i2c('bme280', '0x76'),
  bmp280: i2c('bmp280', '0x76'),
  sht3x: i2c('sht3x', '0x44'),
  sht4x: i2c('sht4x', '0x44'),
  aht10: i2c('aht10'),
  htu21: i2c('htu21'),
  si7020: i2c('si7020'),
  jc42: i2c('jc42', '0x18'),
  lm75: i2c('lm75', '0x48'),
  tmp102: i2c('tmp102', '0x48'),
  ds1621: i2c('ds1621', '0x48'),
  cpu: none,
  simulated: none,
  iio: none,
  hwmon: none,
}

const aliases: Readonly<Record<string, string>> = {
  ...{ w1: 'ds18b20', auto: 'ds18b20', ds18s20: 'ds18b20', ds1822: 'ds18b20', dht22: 'dht11', dht21: 'dht11', am2302: 'dht11' },
  ...{ aht20: 'aht10', si7021: 'si7020', htu21d: 'htu21', mcp9808: 'jc42', sht30: 'sht3x', sht31: 'sht3x', sht35: 'sht3x', sht40: 'sht4x' },
}

/** Values of PROBE; other words name a sensor, which `auto` finds. */
const drivers = new Set(['auto', 'simulated', 'w1', 'iio', 'hwmon', 'cpu'])

export const sensorNames = [...new Set([...Object.keys(aliases), ...Object.keys(overlays)])].sort()

/** A probe of the command line: `ds18b20`, `ds18b20:17` (its GPIO), `bme280:0x77` (its address). */
export interface Probe {
  /** The value of PROBE. */
  driver: string
  /** Lines for config.txt. */
  lines: string[]
}

/** @returns undefined for an unknown sensor or a wrong place */
export function readProbe(text: string): Probe | undefined {
  const [name = '', place] = text.toLowerCase().split(':')
  const overlay = overlays[aliases[name] ?? name]
  if (overlay === undefined) return undefined
  if (place !== undefined && !(overlay.place.startsWith('0x') ? /^0x[0-7][0-9a-f]$/ : /^([0-9]|1\d|2[0-7])$/).test(place)) return undefined
  if (place !== undefined && overlay.place === '') return undefined
  return { driver: drivers.has(name) ? name : 'auto', lines: overlay.lines(place ?? overlay.place) }
}
