import { memberOf, numberAt, objectAt, objectIn, textIn } from '../json.ts'
import type { AdapterKind, Message } from '../message.ts'
import { nameOf } from '../names.ts'
import { timeIn } from '../time.ts'

/** The prefix of a device whose owner has not changed it: its id. Others also publish on `{name}/online`. */
const defaultPrefix = /^shelly[a-z0-9]+-[0-9a-f]{12}$/

/** Shelly of the second and later generations: `{prefix}/events/rpc`, where the default prefix is the device's id. */
export const shelly: AdapterKind = {
  name: 'shelly',
  prefix: '+',
  isDefault: true,
  reads: (prefix) => [`${prefix}/events/rpc`, `${prefix}/online`],
  create(prefix, house) {
    /** Ids by the prefix of their topics; only these may say that they are online. */
    const ids = new Map<string, { id: string; sleeps: boolean }>()

    /** @param wakeup s between two messages of a device that sleeps; 0: it does not */
    function meet(topic: string, id: string, wakeup: number): boolean {
      const about = { maker: 'Shelly', model: /^[a-z0-9]+/.exec(id)?.[0] ?? null, version: null, via: null, area: null }
      const silentAfter = wakeup > 0 ? wakeup * 1.2 : null
      if (!house.device({ id, name: id, ...about, silentAfter, adapter: 'shelly', isGateway: false })) return false
      ids.set(topic, { id, sleeps: wakeup > 0 })
      return true
    }

    /** `online` below a prefix; a device that sleeps says false each time. */
    function hear(topic: string, { payload: { text } }: Message): void {
      if (house.isAnnounced(`${topic}/online`) || (text !== 'true' && text !== 'false')) return
      if (!ids.has(topic) && (text === 'false' || !defaultPrefix.test(topic) || !meet(topic, topic, 0))) return
      const known = ids.get(topic)
      if (known && !known.sleeps) house.available(known.id, text === 'true')
    }

    function notify(topic: string, message: Message): void {
      const rpc = objectIn(message.payload)
      const method = textIn(rpc, 'method')
      const params = objectAt(rpc, 'params')
      const id = nameOf(textIn(rpc, 'src') ?? '')
      if ((method !== 'NotifyFullStatus' && method !== 'NotifyStatus' && method !== 'NotifyEvent') || params === null || id === null) return
      if (house.isAnnounced(message.topic)) return
      const wakeup = numberAt(objectAt(params, 'sys'), 'wakeup_period') ?? 0
      const before = ids.get(topic)
      if (before === undefined || wakeup > 0 || before.id !== id) {
        if (!meet(topic, id, wakeup)) return
      }
      const time = timeIn(memberOf(params, 'ts'), 's', message.at)
      house.seen(id, time)
      if (method !== 'NotifyEvent') for (const [component, state] of Object.entries(params)) read(id, component, state, time)
    }

    function read(id: string, component: string, state: unknown, time: number | null): void {
      const take = (quantity: string, value: number | null, entity = component) => {
        if (value !== null) house.reading(id, { entity, quantity, value, time })
      }
      switch (component.replace(/:\d+$/, '')) {
        case 'temperature':
          return take('temperature', numberAt(state, 'tC'))
        case 'humidity':
          return take('humidity', numberAt(state, 'rh'))
        case 'illuminance':
          return take('illuminance', numberAt(state, 'lux'))
        case 'devicepower':
          return take('battery', numberAt(objectAt(state, 'battery'), 'percent'))
        // The temperature inside of a switch is that of its case.
        case 'switch':
        case 'pm1':
        case 'em':
        case 'em1':
          take(
            'power',
            numberAt(state, 'apower') ?? numberAt(state, 'act_power') ?? numberAt(state, 'total_act_power'),
            `${component} power`,
          )
          return take('voltage', numberAt(state, 'voltage'), `${component} voltage`)
      }
    }

    return {
      name: 'shelly',
      filters: shelly.reads(prefix),
      take(message) {
        if (message.topic.endsWith('/events/rpc') && !message.retained) notify(message.topic.slice(0, -'/events/rpc'.length), message)
        else if (message.topic.endsWith('/online')) hear(message.topic.slice(0, -'/online'.length), message)
      },
    }
  },
}
