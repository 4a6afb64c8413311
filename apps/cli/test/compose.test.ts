import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { readArguments } from '../arguments.ts'

interface Service {
  user?: string
  network_mode?: string
  read_only?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  entrypoint?: string[]
  command?: string[]
  restart?: string
  environment?: Record<string, unknown>
  depends_on?: Record<string, { condition: string }>
  ports?: string[]
  volumes?: string[]
}

const file = join(import.meta.dirname, '../../../docker-compose.yml')
const { services, volumes } = parse(await readFile(file, 'utf8'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const others = Object.entries(services).filter(([name]) => name !== 'setup')
const sensors = Object.entries(services).filter(([, { environment }]) => environment?.ROOM !== undefined)

const mounts = ({ volumes = [] }: Service) =>
  volumes.map((volume) => {
    const [source = '', target = '', mode] = volume.split(':')
    return { source, target, read_only: mode === 'ro' }
  })

describe('docker-compose.yml', () => {
  it('a service can neither write outside its volumes nor gain privileges', () => {
    for (const [name, service] of Object.entries(services)) {
      assert.equal(service.read_only, true, name)
      assert.deepEqual(service.cap_drop, ['ALL'], name)
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
    }
  })

  it('only setup runs as root, without a network and with the capabilities to change owners', () => {
    const { user, network_mode, cap_add, restart } = services.setup as Service
    assert.deepEqual({ user, network_mode, restart }, { user: '0:0', network_mode: 'none', restart: 'no' })
    assert.deepEqual(cap_add, ['CHOWN', 'FOWNER', 'DAC_OVERRIDE'])
    for (const [name, { user = 'node', cap_add }] of others) {
      assert.doesNotMatch(user, /^(0|root)\b/, name)
      assert.equal(cap_add, undefined, name)
    }
  })

  it('each service has its own volume of secrets, mounted read-only', () => {
    const secret = Object.keys(volumes).filter((name) => name.startsWith('secrets-'))
    const written = mounts(services.setup as Service)
    assert.deepEqual(written.map(({ source }) => source).sort(), secret.sort())
    for (const { source, target } of written) assert.equal(target, `/secrets/${source.slice('secrets-'.length)}`)
    for (const volume of secret) {
      const readers = others.filter(([, service]) => mounts(service).some(({ source }) => source === volume))
      assert.deepEqual(
        readers.map(([name]) => `secrets-${name}`),
        volume === 'secrets-house' ? [] : [volume],
      )
      for (const [, service] of readers) assert.equal(mounts(service).find(({ source }) => source === volume)?.read_only, true)
    }
  })

  it('a service mounts only volumes, because its user may not be able to read the clone', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const { source } of mounts(service)) assert.ok(source in volumes, `${name} ${source}`)
    }
    const broker = services.broker as Service
    const secrets = mounts(broker).find(({ source }) => source === 'secrets-broker')
    assert.deepEqual(broker.command, ['mosquitto', '-c', `${secrets?.target}/mosquitto.conf`])
  })

  it('a service with secrets waits for setup', () => {
    for (const [name, service] of others) {
      if (mounts(service).some(({ source }) => source.startsWith('secrets-')))
        assert.equal(service.depends_on?.setup?.condition, 'service_completed_successfully', name)
    }
  })

  it('setup and the sensor services have the same ids and rooms, and the sensors use TLS', () => {
    const { containers } = readArguments(services.setup?.entrypoint?.slice(2) ?? [])
    assert.deepEqual(
      containers,
      sensors.map(([id, { environment }]) => ({ id, room: environment?.ROOM })),
    )
    for (const [name, { environment }] of sensors) {
      assert.deepEqual([environment?.SENSOR_ID, environment?.MQTT_USERNAME], [name, name])
      assert.equal(environment?.MQTT_URL, 'mqtts://broker:8883')
    }
  })

  it("only the broker's TLS port is open to the home network", () => {
    for (const [name, { ports = [] }] of Object.entries(services)) {
      for (const port of ports)
        assert.ok(/^(?:127\.0\.0\.1|\$\{PAGE_BIND:-127\.0\.0\.1\}):/.test(port) || port === '8883:8883', `${name} ${port}`)
    }
  })

  it('the file contains no password', () => {
    for (const [name, { environment = {} }] of Object.entries(services)) {
      for (const setting of Object.keys(environment)) assert.doesNotMatch(setting, /(PASSWORD|TOKEN|SECRET)$/, name)
    }
  })

  it('every service is restarted after a crash and after a reboot', () => {
    for (const [name, { restart }] of others) assert.equal(restart, 'unless-stopped', name)
  })
})
