import type { Device } from '@hearthwatch/api/devices'
import type { MqttClient } from 'mqtt'
import { eventually } from './eventually.ts'
import type { TestMonitor } from './monitor.ts'

export interface Received {
  topic: string
  text: string
  qos: number
  retain: boolean
}

/** A device of somebody's making that takes orders. */
export interface ControlledDevice {
  /** What it heard on its topic of this name. */
  seen(name: 'config' | 'command'): Received[]
  /** The next one that has not been asked for yet. */
  next(name: 'config' | 'command'): Promise<Received>
  answer(response: object): Promise<void>
  say(name: string, text: string): Promise<void>
  publish(topic: string, text: string, retain?: boolean): Promise<void>
  /** Topics on which the broker keeps something: at least on these. */
  retained(...topics: string[]): Promise<string[]>
  leave(): Promise<void>
}

/** Starts one that is known to the monitor and online. */
export async function startControlledDevice(
  house: TestMonitor,
  id: string,
  { room = 'kitchen', topics = [] as string[] }: { room?: string; topics?: string[] } = {},
): Promise<ControlledDevice> {
  const client: MqttClient = await house.client({ username: id === 'new' ? 'guest' : 'sensor' })
  const heard: Received[] = []
  const asked = new Map<string, number>()
  client.on('message', (topic, payload, { qos, retain }) => heard.push({ topic, text: payload.toString(), qos, retain }))
  const publish = async (topic: string, text: string, retain = false) => void (await client.publishAsync(topic, text, { qos: 1, retain }))
  const seen = (name: string) => heard.filter(({ topic }) => topic === `device/${id}/${name}`)

  await client.subscribeAsync([`device/${id}/config`, `device/${id}/command`], { qos: 2 })
  const readings = topics.map((topic) => ({ key: topic.split('/').at(-1) ?? '', topic }))
  const status = `home/${room}/sensor/status`
  await publish(`device/${id}/info`, JSON.stringify({ id, room, status, readings }), true)
  await publish(`device/${id}/status`, 'online', true)
  await eventually(async () => (await house.get<Device[]>('/api/devices')).some((device) => device.id === id && device.status === 'online'))
  return {
    seen,
    next: (name) =>
      eventually(() => {
        const found = seen(name)[asked.get(name) ?? 0]
        if (found) asked.set(name, (asked.get(name) ?? 0) + 1)
        return found
      }),
    answer: (response) => publish(`device/${id}/response`, JSON.stringify(response)),
    say: (name, text) => publish(`device/${id}/${name}`, text),
    publish,
    async retained(...topics) {
      heard.length = 0
      await client.subscribeAsync(['home/#', 'device/#'], { qos: 1 })
      // A broker sends all that it has kept, but not always before what is said next.
      await eventually(() => topics.every((topic) => heard.some((message) => message.retain && message.topic === topic)))
      await publish('device/heartbeat', '{"device_id":"mark"}')
      await eventually(() => heard.some(({ text }) => text.includes('mark')))
      return heard
        .filter(({ retain }) => retain)
        .map(({ topic }) => topic)
        .sort()
    },
    leave: () => client.endAsync(),
  }
}
