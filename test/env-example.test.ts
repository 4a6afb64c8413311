import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { settings as monitor } from '../apps/monitor/config.ts'
import { settings as sensor } from '../apps/sensor/config.ts'

describe('.env.example', () => {
  const lines = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8').split('\n')
  const given = lines.flatMap((line) => {
    const found = /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line)
    return found ? [[found[1] ?? '', found[2] ?? ''] as const] : []
  })
  const schemas: Record<string, object> = { ...sensor.properties, ...monitor.properties }

  it('lists every setting once, in the order of the config files', () => {
    const own = Object.keys(monitor.properties)
    const others = Object.keys(sensor.properties).filter((name) => !own.includes(name))
    assert.deepEqual(
      given.map(([name]) => name),
      [...own, ...others],
    )
  })

  for (const [name, value] of given) {
    it(`shows the default of ${name}`, () => {
      const { default: fallback } = (schemas[name] ?? {}) as { default?: unknown }
      // The default of the broker differs between the two programs, so the file describes it in words.
      if (name !== 'MQTT_URL') assert.equal(value, fallback === undefined ? '' : String(fallback))
    })
  }

  it('has only commented settings', () => {
    assert.deepEqual(
      lines.filter((line) => line !== '' && !line.startsWith('#')),
      [],
    )
  })
})
