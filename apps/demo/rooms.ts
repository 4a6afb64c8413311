import { createHash } from 'node:crypto'
import { day, hour, minute } from '@hearthwatch/protocol/durations'

/** The simulated course of a quantity: a mean with daily and yearly waves. */
export interface Course {
  mean: number
  /** Amplitude over a day. */
  daily: number
  /** Amplitude over a year. */
  yearly: number
  digits: number
}

export interface Room {
  room: string
  id: string
  courses: Record<string, Course>
  /** Names on the page by language. */
  names: { en: string; 'zh-TW': string }
  icon: string
  /** True if the sensor sends its record in batches; other sensors publish only live readings. */
  keepsRecord?: boolean
  /** Time since the last message of an offline sensor, ms. */
  silentFor?: number
  /** True in the demo: its sensor is a process of its own. */
  isInDemo?: boolean
}

const temperature = (mean: number, daily = 0.8, yearly = 1.5): Course => ({ mean, daily, yearly, digits: 2 })
const humidity = (mean: number, daily = 3): Course => ({ mean, daily, yearly: 6, digits: 1 })

/** The rooms of the pictures; the demo has some of them. */
export const rooms: readonly Room[] = [
  {
    room: 'living-room',
    id: 'pi-living-room',
    names: { en: 'Living room', 'zh-TW': '客廳' },
    icon: '🛋️',
    courses: { temperature: temperature(21.6), humidity: humidity(46), co2: { mean: 720, daily: 210, yearly: 0, digits: 0 } },
    keepsRecord: true,
    isInDemo: true,
  },
  {
    room: 'kitchen',
    id: 'pi-kitchen',
    names: { en: 'Kitchen', 'zh-TW': '廚房' },
    icon: '🍳',
    courses: { temperature: temperature(23.1, 1.4), humidity: humidity(52, 6) },
    keepsRecord: true,
    isInDemo: true,
  },
  {
    room: 'bedroom',
    id: 'pi-bedroom',
    names: { en: 'Bedroom', 'zh-TW': '臥室' },
    icon: '🛏️',
    courses: { temperature: temperature(18.9), humidity: humidity(50) },
    keepsRecord: true,
    isInDemo: true,
  },
  {
    room: '書房',
    id: 'pi-study',
    names: { en: '書房', 'zh-TW': '書房' },
    icon: '📚',
    courses: { temperature: temperature(20.8, 1.1), humidity: humidity(44), illuminance: { mean: 260, daily: 240, yearly: 40, digits: 0 } },
  },
  {
    room: 'bathroom',
    id: 'pi-bathroom',
    names: { en: 'Bathroom', 'zh-TW': '浴室' },
    icon: '🛁',
    courses: { temperature: temperature(22.4, 0.5), humidity: humidity(63, 9) },
    isInDemo: true,
  },
  {
    room: 'freezer',
    id: 'pi-freezer',
    names: { en: 'Freezer', 'zh-TW': '冷凍庫' },
    icon: '🧊',
    courses: { temperature: temperature(-18.6, 0.6, 0) },
    keepsRecord: true,
    isInDemo: true,
  },
  {
    room: '陽台',
    id: 'pi-balcony',
    names: { en: '陽台', 'zh-TW': '陽台' },
    icon: '🪴',
    courses: {
      temperature: temperature(17.5, 4.2, 7),
      humidity: humidity(71, 8),
      pressure: { mean: 1014, daily: 2.5, yearly: 4, digits: 1 },
    },
  },
  {
    room: 'garden',
    id: 'pi-garden',
    names: { en: 'Garden', 'zh-TW': '花園' },
    icon: '🌳',
    courses: { temperature: temperature(15.2, 5, 8), battery: { mean: 34, daily: 0.2, yearly: 0, digits: 0 } },
    silentFor: 26 * minute,
  },
]

/** The rooms of the demo; in Chinese they have Chinese names in MQTT, too. */
export const demoRooms = (language: 'en' | 'zh-TW'): readonly Room[] =>
  rooms.filter(({ isInDemo }) => isInDemo).map((room) => (language === 'en' ? room : { ...room, room: room.names[language] }))

/**
 * The simulated value at a time, the same in every run.
 * @param evening ms since the epoch. The daily wave is highest 5 h before
 */
export function valueAt({ id, courses }: Room, quantity: string, time: number, evening: number): number {
  const { mean, daily, yearly, digits } = courses[quantity] as Course
  const seed = fraction(`${id} ${quantity}`)
  const before = evening - time
  const overDay = daily * Math.cos((2 * Math.PI * (before - 5 * hour)) / day)
  const overYear = yearly * Math.cos((2 * Math.PI * (before - 130 * day)) / (365 * day))
  const heater =
    0.2 * daily * ripple(time / ((1.1 + 1.9 * seed) * hour) + 7 * seed) + 0.13 * daily * Math.sin(time / ((2.3 + 3 * seed) * hour))
  // Waves without a common period, so that no two weeks are alike.
  const weather = [1.9, 4.3, 11.7].reduce(
    (sum, days, i) => sum + (0.2 + 0.12 * i) * daily * Math.sin(2 * Math.PI * (time / (days * day) + 3 * seed * i)),
    0,
  )
  const noise = 0.08 * daily * (2 * fraction(`${seed} ${Math.floor(time / 1000)}`) - 1)
  return Number((mean + overDay + overYear + heater + weather + noise).toFixed(digits))
}

/** The wave of a heating that is switched on and off: a fast rise and a slow fall, from -1 to 1. */
function ripple(turns: number): number {
  const phase = turns - Math.floor(turns)
  return phase < 0.3 ? 2 * (phase / 0.3) - 1 : 1 - 2 * ((phase - 0.3) / 0.7)
}

/** A number from 0 to 1 that depends only on the text. */
function fraction(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE() / 2 ** 32
}

/** Times of the readings, ms since the epoch. The interval shortens from an hour to 30 s towards the end. */
export function* timesUntil(end: number): Generator<number> {
  let time = Math.floor((end - 400 * day) / hour) * hour
  while (time < end) {
    yield time
    const before = end - time
    time += before > 32 * day ? hour : before > 3 * day ? 15 * minute : before > 6 * hour ? minute : 30_000
  }
}
