import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readHeartbeat } from '@hearthwatch/protocol'
import { createVitals } from '../../presence/heartbeat.ts'

const now = Date.UTC(2026, 10, 23, 2, 20)
const well = {
  cpu: async () => 12.54,
  memory: async () => 41,
  temperature: async () => 48.3,
  uptime: async () => 86_400,
  disk: async () => 37.2,
  rssi: async () => -61,
}

describe('a heartbeat', () => {
  it('describes this machine as the protocol requires', async () => {
    const heartbeat = await createVitals('pi-1', '1.0.0')(Date.now())
    assert.deepEqual(readHeartbeat(Buffer.from(JSON.stringify(heartbeat))), heartbeat)
    for (const vital of ['cpu', 'memory', 'disk'] as const) {
      const value = heartbeat[vital] ?? -1
      assert.ok(value >= 0 && value <= 100, `${vital} is ${value} %`)
    }
    assert.ok((heartbeat.uptime ?? 0) > 0)
  })

  it('has the form of the tutorials', async () => {
    assert.deepEqual(await createVitals('pi-1', '1.0.0', well)(now), {
      device_id: 'pi-1',
      timestamp: '2026-11-23T02:20:00.000Z',
      cpu: 12.5,
      memory: 41,
      temperature: 48.3,
      uptime: 86_400,
      disk: 37.2,
      rssi: -61,
      version: '1.0.0',
    })
  })

  it('leaves out vitals that are missing, invalid or fail', async () => {
    const ill = {
      ...well,
      cpu: async () => Number.NaN,
      temperature: async () => null,
      disk: () => Promise.reject(new Error('no such file')),
    }
    const { cpu, temperature, disk, rssi } = await createVitals('pi-1', '1.0.0', ill)(now)
    assert.deepEqual([cpu, temperature, disk, rssi], [undefined, undefined, undefined, -61])
  })

  it('does not measure a missing vital again, but one that failed', async () => {
    const asked = { temperature: 0, disk: 0 }
    const vitalsAt = createVitals('pi-1', '1.0.0', {
      ...well,
      temperature: async () => {
        asked.temperature += 1
        return null
      },
      disk: async () => {
        asked.disk += 1
        if (asked.disk === 1) throw new Error('busy')
        return 50
      },
    })
    await vitalsAt(now)
    assert.equal((await vitalsAt(now)).disk, 50)
    assert.deepEqual(asked, { temperature: 1, disk: 2 })
  })

  it('leaves out a vital that takes too long', async () => {
    const { disk, cpu } = await createVitals('pi-1', '1.0.0', { ...well, disk: () => new Promise(() => {}) }, 20)(now)
    assert.deepEqual([disk, cpu], [undefined, 12.5])
  })

  it('measures one vital at a time, even for two heartbeats at once', async () => {
    let asking = 0
    let most = 0
    const question = async () => {
      most = Math.max(most, ++asking)
      await new Promise((resolve) => setImmediate(resolve))
      asking -= 1
      return 1
    }
    const vitalsAt = createVitals('pi-1', '1.0.0', {
      cpu: question,
      memory: question,
      temperature: question,
      uptime: question,
      disk: question,
      rssi: question,
    })
    await Promise.all([vitalsAt(now), vitalsAt(now)])
    assert.equal(most, 1)
  })
})
