import { memberOf, numberAt, objectIn, textIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { nameOf } from '../names.ts'
import { timeIn } from '../time.ts'

const fields: readonly (readonly [string, string, string | undefined])[] = [
  ['temperature_C', 'temperature', '°C'],
  ['temperature_F', 'temperature', '°F'],
  ['humidity', 'humidity', undefined],
  ['pressure_hPa', 'pressure', 'hPa'],
]

/** rtl_433 hears neighbours and tyres as well, so it is followed only by setting. */
export const rtl433: AdapterKind = {
  name: 'rtl_433',
  prefix: 'rtl_433',
  isDefault: false,
  reads: (prefix) => [`${prefix}/+/events`, `${prefix}/+/availability`],
  create(prefix, house) {
    function read(host: string, message: Message): void {
      const event = objectIn(message.payload)
      const model = textIn(event, 'model')
      if (event === null || model === null || memberOf(event, 'type') === 'TPMS' || message.retained) return
      const values = valuesOf(event)
      if (values.length === 0) return
      const part = (key: string) => memberOf(event, key)
      const id = nameOf(['rtl_433', model, part('channel'), part('id')].filter((one) => one !== undefined).join('_'))
      if (id === null) return
      const about = { name: id, maker: model.split('-')[0] ?? null, model, version: null, via: null, area: null, silentAfter: null }
      if (!house.device({ id, ...about, adapter: 'rtl_433', isGateway: false })) return
      house.through(id, gatewayOf(host))
      const time = timeIn(textIn(event, 'time'), 'ms', message.at)
      house.seen(id, time)
      for (const { quantity, unit, value } of values) house.reading(id, { entity: quantity, quantity, unit, value, time })
    }

    const gatewayOf = (host: string) => nameOf(`${prefix}_${host}`) ?? prefix

    return {
      name: 'rtl_433',
      filters: rtl433.reads(prefix),
      take(message) {
        if (!message.topic.startsWith(`${prefix}/`)) return
        const [host = '', what] = message.topic.slice(prefix.length + 1).split('/')
        if (what === 'events') read(host, message)
        const { text } = message.payload
        if (what === 'availability' && (text === 'online' || text === 'offline'))
          house.gateway({ id: gatewayOf(host), name: `rtl_433 ${host}`, adapter: 'rtl_433' }, text === 'online')
      },
    }
  },
}

function valuesOf(event: Readonly<Record<string, unknown>>): { quantity: string; unit: string | undefined; value: number }[] {
  const found = fields.flatMap(([field, quantity, unit]) => {
    const value = numberAt(event, field)
    return value === null ? [] : [{ quantity, unit, value }]
  })
  const battery = numberAt(event, 'battery_ok')
  // It is 0 or 1, or a fraction.
  return battery === null || found.length === 0 ? found : [...found, { quantity: 'battery', unit: undefined, value: battery * 100 }]
}
