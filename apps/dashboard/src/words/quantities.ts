import { words } from './language.ts'

const names = words<Record<string, string>>({
  en: {
    temperature: 'Temperature',
    humidity: 'Humidity',
    pressure: 'Air pressure',
    battery: 'Battery',
    co2: 'CO₂',
    illuminance: 'Light',
    voltage: 'Voltage',
    power: 'Power',
  },
  'zh-TW': {
    temperature: '溫度',
    humidity: '濕度',
    pressure: '氣壓',
    battery: '電池',
    co2: '二氧化碳',
    illuminance: '光照',
    voltage: '電壓',
    power: '功率',
  },
})

/** @param name may be a numbered one: `temperature_2`; one that nobody knows is given back as it is */
export function quantityName(name: string): string {
  const [, base = name, number] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? []
  const known = Object.hasOwn(names(), base) ? names()[base] : undefined
  return known === undefined ? name : number === undefined ? known : `${known} ${number}`
}

const rank = ['temperature', 'humidity', 'co2', 'pressure', 'illuminance', 'power', 'voltage', 'battery']
const place = (name: string) => (rank.indexOf(name) + 1 || rank.length + 1) * 2 + (/_\d+$/.test(name) ? 1 : 0)

/** What people look for first comes first. */
export const byImportance = (a: string, b: string): number => place(a) - place(b) || a.localeCompare(b)
