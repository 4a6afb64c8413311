import { rooms } from '../monitor/house.ts'

const known: Record<string, string> = {
  temperature: '°C',
  humidity: '%',
  pressure: 'hPa',
  battery: '%',
  co2: 'ppm',
  illuminance: 'lx',
  voltage: 'V',
  power: 'W',
}

/** The unit in which the monitor keeps a quantity; empty where nobody knows it. */
export function unitOf(quantity: string): string {
  for (const { quantities } of rooms.peek() ?? []) if (Object.hasOwn(quantities, quantity)) return quantities[quantity]?.unit ?? ''
  const base = quantity.replace(/_\d+$/, '')
  return Object.hasOwn(known, base) ? (known[base] ?? '') : ''
}
