import { readFile, stat } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { makePassword } from '@hearthwatch/broker/passwords'
import { usesTls } from '@hearthwatch/broker/sensor-settings'
import { openFolder } from '@hearthwatch/files'
import { completeEnv, readEnv, type Setting } from '@hearthwatch/settings'
import { clientAuthorities, clientFiles, renewClients, requiresCertificates, revocations } from '../broker/clients.ts'
import { checkAccess, committed, ensureBrokerFiles, ensureCertificates, needsReload, readAuthorities, usersIn } from '../broker/files.ts'
import { namesOf } from '../broker/hostnames.ts'
import { namesIn } from '../certificates/certificates.ts'
import { createDevices, deviceRights, ensureDevices, usersOf } from '../device/devices.ts'
import { planDevices } from '../device/file.ts'
import type { Step } from '../report.ts'
import { changeSensor } from '../sensor/change.ts'
import { completeSensors, planSensors } from '../sensor/file.ts'
import { hostOf, reservedUsers, SetupError, type SetupRequest, UsageError } from '../setup-request.ts'
import type { Installation } from './installation.ts'

const monitorTitle = 'The monitor. Made by npm run setup; .env.example lists all settings.'
const guestTitle = 'The user guest, for other software: it may read home/# and publish readings in any room.'

/** An installation in a clone of the repository: `.env`, `.env.guest`, one file per sensor, and `mosquitto/`. */
export async function openClone(dir: string): Promise<Installation> {
  const owner = await stat(dir).catch(() => {
    throw new SetupError(`The folder ${dir} does not exist.`)
  })
  // If root runs setup, new files belong to the owner of the clone.
  const home = openFolder(dir, '.', owner)
  const access = openFolder(join(dir, 'mosquitto'), 'mosquitto', owner)
  const certificates = openFolder(join(dir, 'mosquitto/certs'), 'mosquitto/certs', owner)

  const ensureEnv = async (file: string, title: string, settings: Setting[]) => {
    const text = completeEnv(await home.read(file), title, settings)
    return { outcome: await home.ensure(file, text, 0o600), env: readEnv(text) }
  }
  const password = async (file: string, env: Record<string, string>, name: string) => {
    if (env[name] !== undefined) return env[name]
    const secret = env[`${name}_FILE`]
    if (secret === undefined) throw new SetupError(`${name} is missing in ${file}; npm run setup creates it.`)
    const path = resolve(dir, secret)
    return readFile(path, 'utf8').then(
      (text) => text.replace(/\r?\n$/, ''),
      (error: Error) => {
        throw new SetupError(`${name}_FILE in ${file} cannot be read: ${error.message}`)
      },
    )
  }
  const known = () => planSensors(home, { own: [], hosts: [] }, hostname())
  const readExisting = async (file: string) => {
    const text = await home.read(file)
    if (text === undefined) throw new SetupError(`${file} does not exist; npm run setup creates it.`)
    return text
  }

  const readCertificate = async (file: string) => {
    const certificate = await certificates.read(file)
    if (certificate === undefined) throw new SetupError(`mosquitto/certs/${file} does not exist; npm run setup creates it.`)
    return certificate
  }

  const fileOf = async (id: string) => {
    const all = await known()
    const found = all.find(({ request, text }) => request.id === id && text !== undefined)
    if (found === undefined) throw new UsageError(`The sensor ${id} does not exist.`)
    return { found, all }
  }
  const make = async (request: SetupRequest, now: number) => {
    const isRequired = requiresCertificates(readEnv((await home.read('.env')) ?? ''))
    const broker = brokerHere((await home.read('.env')) ?? '')
    const isNew = (await home.read('.env.sensor')) === undefined
    const own = isNew ? request.own.map((one) => ({ ...one, broker: one.broker ?? broker })) : request.own
    const plan = completeSensors(await planSensors(home, { ...request, own }, hostname()), isRequired)
    const taken = [...reservedUsers, ...plan.map(({ request }) => request.id)]
    const devices = await planDevices(home, request, { own: taken, all: await usersIn(access) })
    const steps: Step[] = []
    const users: Record<string, string> = {}
    const addUser = async (file: string, env: Record<string, string>, user: string) => {
      // The settings may name another user, at a broker that is not ours.
      if (env.MQTT_USERNAME === user) users[user] = await password(file, env, 'MQTT_PASSWORD')
    }

    const monitor = await ensureEnv('.env', monitorTitle, monitorSettings(isRequired ? readEnv((await home.read('.env')) ?? '') : {}))
    steps.push({ outcome: monitor.outcome, file: '.env', what: 'the monitor: passwords for the broker and for the page' })
    await addUser('.env', monitor.env, 'monitor')
    const guest = await ensureEnv('.env.guest', guestTitle, guestSettings())
    steps.push({ outcome: guest.outcome, file: '.env.guest', what: 'the user guest, for other software' })
    await addUser('.env.guest', guest.env, 'guest')
    for (const { file, text, env, request } of plan) {
      steps.push({ outcome: await home.ensure(file, text, 0o600), file, what: `the sensor ${request.id} in ${request.room}` })
      await addUser(file, env, request.id)
    }
    steps.push(...(await ensureDevices(home, devices)))
    Object.assign(users, usersOf(devices))

    const hosts = [...request.hosts, ...(request.added?.broker ? [hostOf(request.added.broker) as string] : [])]
    const files = await ensureBrokerFiles({
      ...{ access, certificates, authority: certificates, now },
      aclFile: 'acl.made',
      acl: (await access.read('acl')) ?? (await committed('acl')),
      removed: request.removed,
      clients: isRequired
        ? {
            clients: certificates,
            users: ['monitor', 'guest', ...plan.flatMap(({ request: { id, broker } }) => (usesTls(broker) ? [id] : []))],
            revoked: [request.removed, request.rekeyed].filter((id) => id !== undefined),
          }
        : undefined,
      users,
      sensors: plan.map(({ request }) => request).filter(({ id }) => users[id] !== undefined),
      devices: deviceRights(devices),
      names: namesOf(hostname(), networkInterfaces(), ['broker', ...hosts]),
    })
    return { steps: [...steps, ...files], reload: needsReload(files), brokerPort: Number(monitor.env.BROKER_PORT ?? 1883) }
  }

  return {
    make,

    async change(id, change, now) {
      const { found, all } = await fileOf(id)
      await checkAccess(access, 'acl.made')
      await home.ensure(found.file, changeSensor(found, change, all), 0o600)
      const hosts = change.broker === undefined ? [] : [hostOf(change.broker) as string]
      return make({ own: [], hosts, rekeyed: change.password ? id : undefined }, now)
    },

    async remove(id, now) {
      const { found } = await fileOf(id)
      const report = await make({ own: [], hosts: [], removed: id }, now)
      await home.remove(found.file)
      return report
    },

    devices: createDevices(async () => home, make),

    async renew(now) {
      const names = namesIn(await readCertificate('server.crt'))
      const folders = { certificates, authority: certificates, clients: certificates }
      const steps = [...(await ensureCertificates({ ...folders, names, now })), ...(await renewClients({ ...folders, now }))]
      return { steps, reload: needsReload(steps), brokerPort: 1883 }
    },

    list: async () => (await known()).map(({ request: { id, room } }) => ({ id, room })),
    names: async () => namesIn((await certificates.read('server.crt')) ?? ''),

    async secrets() {
      const env = readEnv(await readExisting('.env'))
      const guest = readEnv(await readExisting('.env.guest'))
      return {
        page: await password('.env', env, 'DASHBOARD_PASSWORD'),
        port: env.HTTP_PORT ?? '8080',
        guest: await password('.env.guest', guest, 'MQTT_PASSWORD'),
        sensors: (await known()).map(({ request: { id, room } }) => ({ id, room })),
      }
    },

    async logins() {
      const users: Record<string, string> = {}
      const owners = {
        '.env': 'monitor',
        '.env.guest': 'guest',
        ...Object.fromEntries((await known()).map(({ file, request }) => [file, request.id])),
      }
      for (const [file, user] of Object.entries(owners)) {
        const env = readEnv(await readExisting(file))
        if (env.MQTT_USERNAME === user) users[user] = await password(file, env, 'MQTT_PASSWORD')
      }
      Object.assign(users, usersOf(await planDevices(home, {}, { own: Object.keys(users), all: [] })))
      const acl = await access.read('acl.made')
      if (acl === undefined) throw new SetupError('mosquitto/acl.made does not exist; npm run setup creates it.')
      return { users, acl, others: (await usersIn(access)).filter((user) => users[user] === undefined) }
    },

    async brokerCertificate() {
      const [certificate, key] = [await certificates.read('server.crt'), await certificates.read('server.key')]
      return certificate === undefined || key === undefined ? null : certificate + key
    },

    async settingsOf(id) {
      const text = (await known()).find(({ request }) => request.id === id)?.text
      if (text === undefined) throw new UsageError(`The sensor ${id} does not exist.`)
      return text
    },

    certificateOf: async (user) => {
      if (!requiresCertificates(readEnv(await readExisting('.env')))) return null
      const { certificate, key } = clientFiles(user)
      return { certificate: await readCertificate(certificate), key: await readCertificate(key) }
    },

    async clientAuthorities() {
      if (!requiresCertificates(readEnv(await readExisting('.env')))) return null
      return { authorities: await readCertificate(clientAuthorities), revoked: await readCertificate(revocations), port: 8883 }
    },

    async authority() {
      await readCertificate('ca.crt')
      return (await readAuthorities(certificates)) ?? ''
    },
  }
}

/** The address of the embedded broker if its port is not the usual one; undefined: the default of the sensor is right. */
function brokerHere(env: string): string | undefined {
  const { MQTT_URL, BROKER_PORT = '1883' } = readEnv(env)
  return MQTT_URL !== undefined || BROKER_PORT === '1883' ? undefined : `mqtt://127.0.0.1:${BROKER_PORT}`
}

/** @param env the present settings, if the broker requires client certificates */
function monitorSettings({ MQTT_URL: url, MQTT_USERNAME: user = 'monitor' }: Record<string, string>): Setting[] {
  const { certificate, key } = clientFiles('monitor')
  const own: Setting[] =
    usesTls(url) && user === 'monitor'
      ? [
          { name: 'MQTT_CERT_FILE', value: `mosquitto/certs/${certificate}`, comment: 'Its own certificate, which the broker requires.' },
          { name: 'MQTT_KEY_FILE', value: `mosquitto/certs/${key}` },
        ]
      : []
  return [
    ...own,
    {
      name: 'MQTT_USERNAME',
      value: 'monitor',
      comment: 'Its user at the broker. Without MQTT_URL the monitor starts the embedded broker.',
    },
    { name: 'MQTT_PASSWORD', value: makePassword() },
    { name: 'DASHBOARD_PASSWORD', value: makePassword(), comment: 'The password of the page. You can change it.' },
    { name: 'HTTP_HOST', value: '127.0.0.1', comment: '0.0.0.0 opens the page to phones and other machines of the network.' },
  ]
}

function guestSettings(): Setting[] {
  return [
    { name: 'MQTT_USERNAME', value: 'guest' },
    { name: 'MQTT_PASSWORD', value: makePassword() },
  ]
}
