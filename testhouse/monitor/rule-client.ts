import type { Alert } from '@hearthwatch/api/alerts'
import type { MqttClient } from 'mqtt'
import { eventually } from '../eventually.ts'
import type { TestMonitor } from './monitor.ts'

/** Writes rules over HTTP, publishes readings as a guest, and waits for alerts. */
export function ruleClient(monitor: TestMonitor, guest: MqttClient) {
  const alerts = (room: string) => monitor.get<Alert[]>(`/api/alerts?room=${encodeURIComponent(room)}`)
  return {
    alerts,
    put: (name: string, rule: object) => monitor.send('PUT', `/api/rules/${name}`, rule),
    publish: (room: string, value: number, quantity = 'temperature') =>
      guest.publishAsync(`home/${room}/${quantity}`, String(value), { qos: 1 }),
    /** Waits until the newest alert of this rule in this room has this state. */
    until: (room: string, rule: string, state: Alert['state']) =>
      eventually(async () => {
        const alert = (await alerts(room)).find((one) => one.rule === rule)
        return alert?.state === state ? alert : undefined
      }),
  }
}
