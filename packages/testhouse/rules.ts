import assert from 'node:assert/strict'
import type { Alert } from '@hearthwatch/api/alerts'
import type { MqttClient } from 'mqtt'
import { eventually, type House } from './monitor.ts'

/** A house, a guest who publishes, and whoever writes rules. */
export function provision(house: House, guest: MqttClient) {
  const send = async (method: string, path: string, body?: unknown) => {
    const init = { method, headers: { 'content-type': 'application/json' }, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await fetch(new URL(path, house.monitor.url), init)
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`)
    return response.status === 204 ? null : response.json()
  }
  const alerts = (room: string) => house.get<Alert[]>(`/api/alerts?room=${encodeURIComponent(room)}`)
  return {
    send,
    alerts,
    put: (name: string, rule: object) => send('PUT', `/api/rules/${name}`, rule),
    publish: (room: string, value: number, quantity = 'temperature') =>
      guest.publishAsync(`home/${room}/${quantity}`, String(value), { qos: 1 }),
    /** Waits until the newest alert of this rule is in this state. */
    until: (room: string, rule: string, state: Alert['state']) =>
      eventually(async () => {
        const alert = (await alerts(room)).find((one) => one.rule === rule)
        return alert?.state === state ? alert : undefined
      }),
  }
}
