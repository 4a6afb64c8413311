import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { readArguments } from '../arguments.ts'

interface Service {
  extends?: { file?: string; service: string }
  profiles?: string[]
  pid?: string
  healthcheck?: { test: string | string[] }
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

const root = join(import.meta.dirname, '../../..')

/** The project as Docker Compose sees it with these settings in `.env`: files included, services extended, `${…}` replaced. */
async function composeProject(env: Record<string, string> = {}) {
  const read = async (file: string) => {
    const text = (await readFile(join(root, file), 'utf8'))
      // An inner one first, so that a default may hold another.
      .replaceAll(/\$\{(\w+)(:[-+])?([^${}]*)\}/g, (_, name, kind, word) => value(env[name] ?? '', kind, word))
      .replaceAll(/\$\{(\w+)(:[-+])?([^{}]*)\}/g, (_, name, kind, word) => value(env[name] ?? '', kind, word))
    return parse(text) as { include?: { path: string }[]; services: Record<string, Service>; volumes?: Record<string, unknown> }
  }
  const value = (set: string, kind: string | undefined, word: string) => (kind === ':+' ? set && word : set || (kind === ':-' ? word : ''))
  const extended = async (file: string, name: string): Promise<Service> => {
    const { extends: base, ...own } = (await read(file)).services[name] ?? {}
    if (base === undefined) return own
    const inherited = await extended(base.file ?? file, base.service)
    const added = [...(inherited.cap_add ?? []), ...(own.cap_add ?? [])]
    return {
      ...{ ...inherited, ...own, environment: { ...inherited.environment, ...own.environment } },
      ...(added.length > 0 ? { cap_add: added } : {}),
    }
  }
  const main = await read('docker-compose.yml')
  const services: Record<string, Service> = {}
  const volumes: Record<string, unknown> = {}
  for (const file of ['docker-compose.yml', ...(main.include ?? []).map(({ path }) => path)]) {
    const read_ = await read(file)
    Object.assign(volumes, read_.volumes)
    for (const name of Object.keys(read_.services)) services[name] = await extended(file, name)
  }
  return { services, volumes }
}

const { services, volumes } = await composeProject({ ROOM: 'cellar' })
/** The services of root. */
const rooted = ['setup', 'renewal', 'restore']
const others = Object.entries(services).filter(([name]) => !rooted.includes(name))
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

  it('only setup, the renewal, and a restore by hand run as root; the first two have no network, and the renewal sends a signal', () => {
    const renewal = services.renewal as Service
    assert.deepEqual([renewal.user, renewal.network_mode, renewal.pid], ['0:0', 'none', 'service:broker'])
    assert.deepEqual(renewal.cap_add, ['CHOWN', 'FOWNER', 'DAC_OVERRIDE', 'KILL'])
    const { restore } = services
    assert.deepEqual([restore?.user, restore?.profiles, restore?.restart], ['0:0', ['restore'], 'no'])
    assert.deepEqual(restore?.cap_add, ['CHOWN', 'FOWNER', 'DAC_OVERRIDE'])
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

  it('a service that is not of root mounts only volumes, because its user may not be able to read the clone', () => {
    for (const [name, service] of Object.entries(services)) {
      for (const { source } of mounts(service))
        assert.ok(source in volumes || (source === '.' && rooted.includes(name)), `${name} ${source}`)
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
      for (const port of ports) assert.ok(port.startsWith('127.0.0.1:') || port === '0.0.0.0:8883:8883', `${name} ${port}`)
    }
  })

  it('the file contains no password', () => {
    for (const [name, { environment = {} }] of Object.entries(services)) {
      for (const setting of Object.keys(environment)) assert.doesNotMatch(setting, /(PASSWORD|TOKEN|SECRET)$/, name)
    }
  })

  it('the broker, the simulated sensors, the inbox and the probes of this machine depend on .env', async () => {
    const names = async (env: Record<string, string>) =>
      Object.entries((await composeProject(env)).services).flatMap(([name, { profiles }]) => (profiles === undefined ? [name] : []))
    assert.deepEqual((await names({})).sort(), ['broker', 'mailpit', 'monitor', 'renewal', 'sensor-1', 'sensor-2', 'setup'])
    const own = { MQTT_URL: 'mqtt://nas', SMTP_URL: 'smtp://nas', DEMO: 'off', ROOM: 'cellar' }
    assert.deepEqual((await names(own)).sort(), ['monitor', 'sensor-here', 'setup'])
    const { services } = await composeProject(own)
    assert.deepEqual(
      [services.monitor?.environment?.MQTT_URL, services['sensor-here']?.environment?.MQTT_URL],
      ['mqtt://nas', 'mqtt://nas'],
    )
    assert.equal(services['sensor-here']?.environment?.PROBE, 'auto', 'made-up readings only by word')
  })

  it('with client certificates required, the port that requires them is open to the network instead', async () => {
    const { services } = await composeProject({ BROKER_CLIENT_CERTIFICATES: 'required' })
    assert.deepEqual(services.broker?.ports, ['0.0.0.0:8883:18883', '127.0.0.1:1883:1883'])
  })

  it('ports and addresses come from .env', async () => {
    const { services } = await composeProject({
      BROKER_BIND: '10.0.0.2',
      BROKER_PLAIN_BIND: '10.0.0.3',
      BROKER_TLS_PORT: '8884',
      BROKER_PORT: '1884',
      PAGE_BIND: '10.0.0.2',
      HTTP_PORT: '80',
    })
    assert.deepEqual(services.broker?.ports, ['10.0.0.2:8884:8883', '10.0.0.3:1884:1883'])
    const { services: usual } = await composeProject({})
    assert.equal(usual.broker?.ports?.[1], '127.0.0.1:1883:1883', 'without TLS for this machine alone')
    assert.deepEqual(services.monitor?.ports, ['10.0.0.2:80:8080'])
  })

  it('the secrets are in a folder of this machine if SECRETS_DIR names one', async () => {
    const { services } = await composeProject({ SECRETS_DIR: './secrets' })
    assert.deepEqual(mounts(services.setup as Service)[0], { source: './secrets/house', target: '/secrets/house', read_only: false })
    assert.equal(mounts(services.broker as Service)[0]?.source, './secrets/broker')
  })

  it('the check of the broker makes no line in its log', () => {
    assert.doesNotMatch(String(services.broker?.healthcheck?.test), /mosquitto_|nc |curl/)
  })

  it('every service is restarted after a crash and after a reboot', () => {
    for (const [name, { restart }] of others) assert.equal(restart, 'unless-stopped', name)
  })
})
