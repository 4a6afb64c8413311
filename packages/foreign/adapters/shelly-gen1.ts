import { numberIn } from '@hearthwatch/template'
import { objectIn, textIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { nameOf } from '../names.ts'

/** Topics below a device that are taken, and their quantities. `temperature` alone is the inside of the case. */
const topics: readonly (readonly [RegExp, string])[] = [
  [/^(?:sensor\/temperature|ext_temperature\/\d)$/, 'temperature'],
  [/^(?:sensor\/humidity|ext_humidity\/\d)$/, 'humidity'],
  [/^sensor\/battery$/, 'battery'],
  [/^sensor\/lux$/, 'illuminance'],
  [/^(?:relay|emeter)\/\d\/power$/, 'power'],
  [/^emeter\/\d\/voltage$/, 'voltage'],
]
/** A probe that is missing. */
const missing = 999
/** Models with a battery, by the first part of their id. They wake up at least every 12 h. */
const battery = /^shelly(?:ht|flood|dw2?|motion|motionsensor|smoke|gas-battery|button1)-/i
const wakeup = 12 * 3600 * 1.2

/** Shelly of the first generation: plain numbers below `shellies/`. */
export const shellyGen1: AdapterKind = {
  name: 'shelly-gen1',
  prefix: 'shellies',
  isDefault: true,
  reads: (prefix) => [`${prefix}/#`],
  create(prefix, house) {
    const known = new Map<string, { model: string | null; version: string | null }>()

    function meet(id: string, about = known.get(id) ?? { model: null, version: null }): boolean {
      known.set(id, about)
      const silentAfter = battery.test(id) ? wakeup : null
      return house.device({
        id,
        name: id,
        maker: 'Shelly',
        ...about,
        via: null,
        area: null,
        silentAfter,
        adapter: 'shelly',
        isGateway: false,
      })
    }

    function take(message: Message): void {
      const [first = '', ...more] = message.topic.slice(prefix.length + 1).split('/')
      const rest = more.join('/')
      const { text } = message.payload
      if (first === 'announce' || rest === 'announce') {
        const announced = objectIn(message.payload)
        const id = nameOf(textIn(announced, 'id') ?? '')
        if (id === null || (rest === 'announce' && id !== first)) return
        if (known.size >= 2000 && !known.has(id)) return
        if (meet(id, { model: textIn(announced, 'model'), version: textIn(announced, 'fw_ver') })) house.seen(id, null)
        return
      }
      const id = nameOf(first)
      if (id === null || more.length === 0 || house.isAnnounced(message.topic)) return
      if (rest === 'online') {
        // A battery model is offline whenever it sleeps.
        if ((text !== 'true' && text !== 'false') || (battery.test(id) && text === 'false')) return
        if (meet(id)) house.available(id, text === 'true')
        return
      }
      const found = topics.find(([pattern]) => pattern.test(rest))
      const value = found === undefined ? null : numberIn(text.trim())
      if (found === undefined || value === null || !meet(id)) return
      house.seen(id, null)
      if (value !== missing) house.reading(id, { entity: rest, quantity: found[1], value, time: null })
    }

    return {
      name: 'shelly-gen1',
      filters: shellyGen1.reads(prefix),
      take(message) {
        if (message.topic.startsWith(`${prefix}/`)) take(message)
      },
    }
  },
}
