import { numberAt, objectIn, textIn } from '../json.ts'
import type { AdapterKind, House, Message } from '../message.ts'
import { nameOf } from '../names.ts'
import { timeIn } from '../time.ts'

const mac = /^[0-9A-F]{2}(?::[0-9A-F]{2}){5}$/i

interface Decoded {
  temperature: number | null
  humidity: number | null
  pressure: number | null
  voltage: number | null
}

/** The tags behind a Ruuvi Gateway: `ruuvi/{gateway}/{tag}`. */
export const ruuvi: AdapterKind = {
  name: 'ruuvi',
  prefix: 'ruuvi',
  isDefault: true,
  reads: (prefix) => [`${prefix}/+/+`],
  create(prefix, house) {
    /** The gateway by tag. */
    const firstHeardBy = new Map<string, string>()
    return {
      name: 'ruuvi',
      filters: ruuvi.reads(prefix),
      take(message) {
        if (!message.topic.startsWith(`${prefix}/`)) return
        const [gateway = '', tag = ''] = message.topic.slice(prefix.length + 1).split('/')
        if (!mac.test(gateway)) return
        if (tag === 'gw_status') tellGateway(house, gateway, message)
        else if (mac.test(tag)) read(house, firstHeardBy, gateway, tag, message)
      },
    }
  },
}

function tellGateway(house: House, gateway: string, { payload }: Message): void {
  const word = textIn(objectIn(payload), 'state')
  if (word === 'online' || word === 'offline')
    house.gateway({ id: gateway, name: `Ruuvi Gateway ${gateway}`, maker: 'Ruuvi', adapter: 'ruuvi' }, word === 'online')
}

function read(house: House, firstHeardBy: Map<string, string>, gateway: string, tag: string, message: Message): void {
  const told = objectIn(message.payload)
  const id = nameOf(tag)
  const data = textIn(told, 'data') ?? ''
  if (told === null || id === null) return
  const values: Decoded | null = isDecoded(told)
    ? {
        temperature: numberAt(told, 'temperature'),
        humidity: numberAt(told, 'humidity'),
        pressure: numberAt(told, 'pressure'),
        voltage: numberAt(told, 'voltage'),
      }
    : decodeFormat5(data)
  if (values === null) return
  // The first gateway that hears a tag is named; the others count for its status.
  const about = {
    name: id,
    maker: 'Ruuvi',
    model: 'RuuviTag',
    version: null,
    via: firstOf(firstHeardBy, id, gateway),
    area: null,
    silentAfter: null,
  }
  if (!house.device({ id, ...about, adapter: 'ruuvi', isGateway: false })) return
  house.through(id, gateway)
  const time = timeIn(numberAt(told, 'ts'), 's', message.at)
  house.seen(id, time)
  for (const [quantity, value] of Object.entries(values)) {
    const unit = quantity === 'pressure' ? 'Pa' : undefined
    if (value !== null) house.reading(id, { entity: quantity, quantity, unit, value, time })
  }
}

const isDecoded = (told: Readonly<Record<string, unknown>>) =>
  ['temperature', 'humidity', 'pressure', 'voltage'].some((key) => Object.hasOwn(told, key))

function firstOf(firstHeardBy: Map<string, string>, id: string, gateway: string): string {
  const first = firstHeardBy.get(id)
  if (first !== undefined) return first
  if (firstHeardBy.size < 2000) firstHeardBy.set(id, gateway)
  return gateway
}

/**
 * Decodes an advertisement in Ruuvi's data format 5 (https://docs.ruuvi.com, RAWv2).
 * @returns null for another maker or format
 */
export function decodeFormat5(hex: string): Decoded | null {
  if (hex.length > 512 || !/^(?:[0-9a-f]{2})*$/i.test(hex)) return null
  const bytes = Buffer.from(hex, 'hex')
  const at = bytes.indexOf(Buffer.from([0xff, 0x99, 0x04]))
  if (at === -1 || bytes[at + 3] !== 5 || bytes.length < at + 3 + 24) return null
  const start = at + 4
  const [temperature, humidity, pressure, power] = [
    bytes.readInt16BE(start),
    bytes.readUInt16BE(start + 2),
    bytes.readUInt16BE(start + 4),
    bytes.readUInt16BE(start + 12),
  ]
  return {
    temperature: temperature === -0x8000 ? null : exact(temperature * 0.005),
    humidity: humidity === 0xffff ? null : exact(humidity * 0.0025),
    pressure: pressure === 0xffff ? null : pressure + 50_000,
    voltage: power >> 5 === 0x7ff ? null : exact(((power >> 5) + 1600) / 1000),
  }
}

const exact = (value: number) => Number(value.toFixed(4))
