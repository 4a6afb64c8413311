import { memberOf, numberAt, objectAt, objectIn, textIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { nameOf } from '../names.ts'

/** Fields of a sensor that are taken, and their quantities. DewPoint is calculated, not measured. */
const fields: Readonly<Record<string, string>> = {
  Temperature: 'temperature',
  Humidity: 'humidity',
  Pressure: 'pressure',
  CarbonDioxide: 'co2',
  Illuminance: 'illuminance',
}
const energy: Readonly<Record<string, string>> = { Power: 'power', Voltage: 'voltage' }
/** The value of a DS18B20 before its first measurement, °C. */
const powerOn = 85
/** A real 85 °C is near the value before it, °C. */
const near = 10

/** Release builds of Tasmota: `tasmota/discovery/…`, then the topics that it names. */
export const tasmota: AdapterKind = {
  name: 'tasmota',
  prefix: 'tasmota/discovery',
  isDefault: true,
  reads: (prefix) => [`${prefix}/+/+`],
  create(prefix, house) {
    const devices = new Set<string>()
    const last = new Map<string, number>()

    function announce(mac: string, message: Message): void {
      const owner = message.topic
      const id = nameOf(`tasmota_${mac}`)
      if (id === null) return
      if (message.payload.text === '') {
        house.unfollow(owner)
        if (devices.delete(id)) {
          house.keep(true)
          house.gone(id)
        }
        return
      }
      const config = objectIn(message.payload)
      const topics = config && topicsOf(config)
      if (config === null || topics === null) return
      house.unfollow(owner)
      const about = {
        maker: 'Tasmota',
        model: textIn(config, 'md'),
        version: textIn(config, 'sw'),
        via: null,
        area: null,
        silentAfter: null,
      }
      const facts = { id, name: textIn(config, 'dn') ?? id, ...about, adapter: 'tasmota', isGateway: false }
      // Discovery of Home Assistant describes the same topic better.
      if (house.isAnnounced(topics.state)) return
      if (!house.device(facts)) return
      devices.add(id)
      house.keep(false)
      house.follow(owner, topics.state, (state) => read(id, objectIn(state.payload)))
      house.follow(owner, topics.result, (state) => read(id, objectAt(objectIn(state.payload), 'StatusSNS')))
      // A node that sleeps says Offline each time, so its last will means nothing.
      if (memberOf(config, 'dslp') === 1) return
      const [online, offline] = [textIn(config, 'onln') ?? 'Online', textIn(config, 'ofln') ?? 'Offline']
      house.follow(owner, topics.will, ({ payload }) => {
        if (payload.text === online || payload.text === offline) house.available(id, payload.text === online)
      })
    }

    function read(id: string, state: Readonly<Record<string, unknown>> | null): void {
      if (state === null) return
      house.seen(id, null)
      const units = { temperature: textIn(state, 'TempUnit') ?? 'C', pressure: textIn(state, 'PressureUnit') ?? 'hPa' }
      for (const [name, sensor] of Object.entries(state)) {
        if (typeof sensor !== 'object' || sensor === null) continue
        // Two probes of one kind change their numbers when one is lost, but never their ids.
        const kind = name.replace(/-\d+$/, '')
        const probe = textIn(sensor, 'Id')
        const place = probe === null ? name : `${kind} ${probe}`
        for (const [field, quantity] of Object.entries(name === 'ENERGY' ? energy : fields)) {
          const value = memberOf(sensor, field)
          const unit = quantity === 'temperature' || quantity === 'pressure' ? units[quantity] : undefined
          for (const [i, one] of [value].flat().entries()) {
            if (typeof one !== 'number') continue
            const entity = Array.isArray(value) ? `${place} ${field} ${i + 1}` : `${place} ${field}`
            if (kind.startsWith('DS18B20') && isPowerOn(`${id} ${entity}`, one, unit)) continue
            house.reading(id, { entity, quantity, unit, value: one, time: null })
          }
        }
      }
    }

    function isPowerOn(key: string, value: number, unit: string | undefined): boolean {
      const celsius = unit === 'F' ? ((value - 32) * 5) / 9 : value
      const before = last.get(key)
      if (celsius === powerOn && before !== undefined && Math.abs(before - powerOn) > near) return true
      if (last.size > 10_000) last.clear()
      last.set(key, celsius)
      return false
    }

    return {
      name: 'tasmota',
      filters: tasmota.reads(prefix),
      take(message) {
        if (!message.topic.startsWith(`${prefix}/`)) return
        const [mac = '', what] = message.topic.slice(prefix.length + 1).split('/')
        if (what === 'config' && /^[0-9A-F]{12}$/i.test(mac)) announce(mac, message)
      },
    }
  },
}

function topicsOf(config: Readonly<Record<string, unknown>>): { state: string; result: string; will: string } | null {
  const [topic, full] = [textIn(config, 't'), textIn(config, 'ft')]
  const prefixes = memberOf(config, 'tp')
  if (topic === null || full === null || !Array.isArray(prefixes) || numberAt(config, 'ver') !== 1) return null
  const of = (index: number) => full.replaceAll('%prefix%', String(prefixes[index])).replaceAll('%topic%', topic)
  const slash = (text: string) => (text.endsWith('/') ? text : `${text}/`)
  return { state: `${slash(of(2))}SENSOR`, result: `${slash(of(1))}STATUS10`, will: `${slash(of(2))}LWT` }
}
