import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { settings as monitor } from '../apps/monitor/config/settings.ts'
import { isKnown } from '../apps/monitor/doctor/checks/settings.ts'
import { settings as sensor } from '../apps/sensor/config.ts'

const root = join(import.meta.dirname, '..')

describe('.env.example', () => {
  const text = readFileSync(join(root, '.env.example'), 'utf8')
  const [programs = '', compose = ''] = text.split('# --- Docker Compose alone')
  const lines = programs.split('\n')
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

  it('lists the settings that only Docker Compose reads, with their defaults', () => {
    const files = ['docker-compose.yml', ...globSync('compose/*.yml', { cwd: root })].map((file) => readFileSync(join(root, file), 'utf8'))
    const defaults = new Map(
      files.flatMap((file) => [...file.matchAll(/\$\{(\w+)(?::-([^${}]*))?\}/g)].map(([, name = '', word = '']) => [name, word])),
    )
    const listed = [...compose.matchAll(/^#([A-Z_]+)=(.*)$/gm)]
    assert.deepEqual(
      listed.map(([, name]) => name).sort(),
      [...defaults.keys()].filter((name) => !Object.hasOwn(schemas, name) && name !== 'REVISION').sort(),
    )
    for (const [, name = '', value] of listed) if (name !== 'SECRETS_DIR') assert.equal(value, defaults.get(name), name)
  })

  it('lists only settings that the doctor knows', () => {
    const names = [...text.matchAll(/^#([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => name)
    assert.ok(names.includes('SECRETS_DIR'))
    assert.deepEqual(
      names.filter((name) => !isKnown(name)),
      [],
    )
  })

  it('has only commented settings', () => {
    assert.deepEqual(
      text.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
      [],
    )
  })
})
