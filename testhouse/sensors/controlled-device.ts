import type { Device } from '@hearthwatch/api/devices'
import type { MqttClient } from 'mqtt'
import { eventually } from '../eventually.ts'
import type { TestMonitor } from '../monitor/monitor.ts'

/** A message that the device received. */
export interface Received {
  topic: string
  text: string
  qos: number
  retain: boolean
}

/** A device that accepts settings and commands. */
export interface ControlledDevice {
  /** All messages on its topic of this name. */
  received(name: 'config' | 'command'): Received[]
  /** The next message on this topic that no earlier `next` has returned. */
  next(name: 'config' | 'command'): Promise<Received>
  respond(response: object): Promise<void>
  /** Publishes on its topic of this name. */
  send(name: string, text: string): Promise<void>
  publish(topic: string, text: string, retain?: boolean): Promise<void>
  /** Topics with a retained message. Waits for the given ones. */
  retained(...topics: string[]): Promise<string[]>
  disconnect(): Promise<void>
}

/** Starts a device, and waits until it is online at the monitor. */
export async function startControlledDevice(
  monitor: TestMonitor,
  id: string,
  { room = 'kitchen', topics = [] as string[] }: { room?: string; topics?: string[] } = {},
): Promise<ControlledDevice> {
  const client: MqttClient = await monitor.client({ username: id === 'new' ? 'guest' : 'sensor' })
  const messages: Received[] = []
  const returned = new Map<string, number>()
  client.on('message', (topic, payload, { qos, retain }) => messages.push({ topic, text: payload.toString(), qos, retain }))
  const publish = async (topic: string, text: string, retain = false) => void (await client.publishAsync(topic, text, { qos: 1, retain }))
  const received = (name: string) => messages.filter(({ topic }) => topic === `device/${id}/${name}`)

  await client.subscribeAsync([`device/${id}/config`, `device/${id}/command`], { qos: 2 })
  const readings = topics.map((topic) => ({ key: topic.split('/').at(-1) ?? '', topic }))
  const status = `home/${room}/sensor/status`
  await publish(`device/${id}/info`, JSON.stringify({ id, room, status, readings }), true)
  await publish(`device/${id}/status`, 'online', true)
  await eventually(async () =>
    (await monitor.get<Device[]>('/api/devices')).some((device) => device.id === id && device.status === 'online'),
  )
  return {
    received,
    next: (name) =>
      eventually(() => {
        const found = received(name)[returned.get(name) ?? 0]
        if (found) returned.set(name, (returned.get(name) ?? 0) + 1)
        return found
      }),
    respond: (response) => publish(`device/${id}/response`, JSON.stringify(response)),
    send: (name, text) => publish(`device/${id}/${name}`, text),
    publish,
    async retained(...topics) {
      messages.length = 0
      await client.subscribeAsync(['home/#', 'device/#'], { qos: 1 })
      // A broker may send retained messages after a message that is published later.
      await eventually(() => topics.every((topic) => messages.some((message) => message.retain && message.topic === topic)))
      await publish('device/heartbeat', '{"device_id":"mark"}')
      await eventually(() => messages.some(({ text }) => text.includes('mark')))
      return messages
        .filter(({ retain }) => retain)
        .map(({ topic }) => topic)
        .sort()
    },
    disconnect: () => client.endAsync(),
  }
}
