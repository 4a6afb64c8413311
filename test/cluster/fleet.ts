import assert from 'node:assert/strict'
import { join } from 'node:path'
import { silent } from '@hearthwatch/log'
import type { BrokerCluster } from '@hearthwatch/testhouse/brokers/broker-cluster'
import { eventually } from '@hearthwatch/testhouse/eventually'
import { startTestMonitor } from '@hearthwatch/testhouse/monitor/monitor'
import { type Sensor, startSensor } from '../../apps/sensor/agent.ts'
import { readConfig } from '../../apps/sensor/config.ts'

interface Device {
  id: string
  status: string
  missing: number
}

/**
 * A monitor and sensors behind the balancer of a cluster.
 * @param folder of the sensors' outboxes
 */
export async function startFleet(cluster: BrokerCluster, passwords: ReadonlyMap<string, string>, folder: string) {
  const login = (user: string) => ({
    ...{ MQTT_URL: cluster.url, MQTT_USERNAME: user, MQTT_PASSWORD: passwords.get(user) ?? '', MQTT_MAX_QOS: '1', MQTT_VERSION: '3.1.1' },
  })
  const settingsOf = (id: string): Record<string, string> => ({
    ...{ SENSOR_ID: id, ROOM: `room-of-${id}`, PROBE: 'simulated', OUTBOX_DIR: join(folder, id), ...login(id) },
    ...{ READ_INTERVAL: '0.1', BATCH_INTERVAL: '0.2', HEARTBEAT_INTERVAL: '1' },
  })
  const monitor = await startTestMonitor({ ...login('monitor'), OFFLINE_AFTER: '5' })
  const isConnected = async () => (await monitor.get<{ mqtt: string }>('/api/health')).mqtt === 'connected'
  await eventually(isConnected)
  const running: Sensor[] = []
  const taken = new Map<string, number[]>()
  const start = async (id: string): Promise<Sensor> => {
    const times = taken.get(id) ?? []
    taken.set(id, times)
    const sensor = await startSensor(readConfig(settingsOf(id), []), silent, { onAppended: ({ time }) => void times.push(time) })
    running.push(sensor)
    return sensor
  }
  const closeSensors = async () => {
    for (const sensor of running.splice(0)) await sensor.close()
  }
  const statusOf = async (id: string) => (await monitor.get<Device[]>('/api/devices')).find((device) => device.id === id)?.status
  const timesOf = (id: string) =>
    monitor
      .rows<{ time: number }>(`SELECT time FROM readings WHERE device = '${id}' AND quantity = 'temperature' ORDER BY time`)
      .map(({ time }) => time)
  return {
    monitor,
    isConnected,
    settingsOf,
    start,
    closeSensors,
    statusOf,
    isOnline: (id: string) => async () => (await statusOf(id)) === 'online',
    newest: (id: string) =>
      monitor.rows<{ time: number | null }>(`SELECT max(time) time FROM readings WHERE device = '${id}'`)[0]?.time ?? 0,
    /** Stops the sensors, lets them send their last rows, and checks that each reading is stored exactly once. */
    async assertStoredOnce(): Promise<void> {
      await closeSensors()
      for (const id of taken.keys()) running.push(await startSensor(readConfig({ ...settingsOf(id), READ_INTERVAL: '86400' }, []), silent))
      for (const [id, times] of taken) {
        await eventually(() => timesOf(id).length >= times.length)
        assert.ok(
          times.every((time) => timesOf(id).includes(time)),
          `missing rows of ${id}`,
        )
        assert.equal(timesOf(id).length, new Set(timesOf(id)).size, `double rows of ${id}`)
      }
      const devices = await monitor.get<Device[]>('/api/devices')
      assert.deepEqual(
        devices.filter(({ id }) => taken.has(id)).map(({ missing }) => missing),
        [...taken].map(() => 0),
      )
      await closeSensors()
    },
    close: () => monitor.close(),
  }
}
