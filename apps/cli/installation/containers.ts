import { chmod, chown, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { makePassword } from '@hearthwatch/broker/passwords'
import { usesTls } from '@hearthwatch/broker/sensor-settings'
import { type TextFolder as Folder, type Owner, openFolder } from '@hearthwatch/files'
import { readEnv } from '@hearthwatch/settings'
import { clientAuthorities, clientFiles, renewClients, requiresCertificates, revocations } from '../broker/clients.ts'
import { checkAccess, committed, ensureBrokerFiles, ensureCertificates, needsReload, readAuthorities, usersIn } from '../broker/files.ts'
import { namesOf } from '../broker/hostnames.ts'
import { namesIn } from '../certificates/certificates.ts'
import { createDevices, deviceRights, ensureDevices, usersOf } from '../device/devices.ts'
import { planDevices } from '../device/file.ts'
import { withCertificatePort } from '../mosquitto/client-certificates.ts'
import type { Step } from '../report.ts'
import { changeSensor } from '../sensor/change.ts'
import { completeSensors, planSensors } from '../sensor/file.ts'
import { checkSensor, hostOf, reservedUsers, type SensorRequest, SetupError, type SetupRequest, UsageError } from '../setup-request.ts'
import type { Installation } from './installation.ts'

/** Users in the images, who read the volumes. */
const owners = { setup: { uid: 0, gid: 0 }, broker: { uid: 1883, gid: 1883 }, node: { uid: 1000, gid: 1000 } }

/** Settings that the owner has chosen in `.env`. Their passwords replace generated ones. */
export interface Chosen {
  MQTT_PASSWORD?: string | undefined
  DASHBOARD_PASSWORD?: string | undefined
  HTTP_PORT?: string | undefined
  BROKER_CLIENT_CERTIFICATES?: string | undefined
}

/**
 * An installation in containers. Each service has a volume below `root` with its name, which contains only the secrets of
 * that service, one per file. The volume `house` belongs to setup: it contains the authority's key, the guest's password and
 * the settings of sensors on other machines.
 * @param services the sensors among the services
 */
export function openContainers(root: string, services: readonly SensorRequest[], chosen: Chosen): Installation {
  for (const sensor of services) checkSensor(sensor)
  const isRequired = requiresCertificates({ ...chosen })

  /** Opens a volume, and makes its service the owner. */
  const volume = async (name: string, owner: Owner): Promise<Folder> => {
    const path = join(root, name)
    const now = await stat(path).catch(() => {
      throw new SetupError(`No volume is mounted on ${path}.`)
    })
    if (process.getuid?.() === 0 && (now.uid !== owner.uid || now.gid !== owner.gid)) await chown(path, owner.uid, owner.gid)
    if ((now.mode & 0o777) !== 0o700) await chmod(path, 0o700)
    return openFolder(path, name, owner)
  }
  const password = async (folder: Folder, file: string) => (await folder.read(file))?.replace(/\r?\n$/, '') || undefined
  const readExisting = async (folder: Folder, file: string) => {
    const text = await folder.read(file)
    if (text === undefined) throw new SetupError(`${folder.name}/${file} does not exist; docker compose up creates it.`)
    return text.replace(/\r?\n$/, '')
  }
  /** Plans the sensors on other machines, which have one env file each in setup's volume. */
  const planRemote = async (own: Folder, request: Pick<SetupRequest, 'added' | 'removed'>) => {
    const { added, removed } = request
    if (added && services.some(({ id }) => id === added.id)) throw new UsageError(`${added.id} is already a service of docker-compose.yml.`)
    return planSensors(own, { own: [], hosts: [], added, removed }, 'house')
  }

  const isService = (id: string) => services.some((service) => service.id === id)
  const fileOf = async (own: Folder, id: string) => {
    const all = await planRemote(own, {})
    const found = all.find(({ request }) => request.id === id)
    if (found === undefined)
      throw new UsageError(
        isService(id)
          ? `${id} is a service of docker-compose.yml: change or remove it there.`
          : `The sensor ${id} does not exist on another machine.`,
      )
    return { found, all }
  }
  /** Copies the authority's certificate to the services that trust it. */
  const handOut = async (broker: Folder, clients: readonly Folder[]) => {
    const certificates = (await readAuthorities(broker)) ?? ''
    const steps: Step[] = []
    for (const folder of clients) {
      const outcome = await folder.ensure('ca.crt', certificates, 0o644)
      steps.push({ outcome, file: `${folder.name}/ca.crt`, what: 'the trusted authority' })
    }
    return steps
  }
  /** Copies the sensors' certificates to the monitor, which offers renewed ones to them. Their keys stay here. */
  const handToMonitor = async (own: Folder, monitor: Folder) => {
    for (const name of await own.names()) if (/^client-.+\.crt$/.test(name)) await monitor.ensure(name, (await own.read(name)) ?? '', 0o644)
  }
  const make = async (request: SetupRequest, now: number) => {
    const own = await volume('house', owners.setup)
    const broker = await volume('broker', owners.broker)
    const monitor = await volume('monitor', owners.node)
    const remote = completeSensors(
      await planRemote(own, request),
      isRequired,
      services.map(({ room }) => room),
    )
    const taken = [...reservedUsers, ...services.map(({ id }) => id), ...remote.map(({ request }) => request.id)]
    const devices = await planDevices(own, request, { own: taken, all: await usersIn(broker) })
    const steps: Step[] = []
    const secret = async (folder: Folder, file: string, what: string, choice?: string) => {
      const value = choice ?? (await password(folder, file)) ?? makePassword()
      steps.push({ outcome: await folder.ensure(file, `${value}\n`, 0o600), file: `${folder.name}/${file}`, what })
      return value
    }

    const users: Record<string, string> = {}
    users.monitor = await secret(monitor, 'mqtt-password', 'the monitor at the broker', chosen.MQTT_PASSWORD)
    await secret(monitor, 'dashboard-password', 'people at the page', chosen.DASHBOARD_PASSWORD)
    users.guest = await secret(own, 'guest-password', 'other software at the broker')
    const clients = [monitor]
    for (const { id, room } of services) {
      const folder = await volume(id, owners.node)
      users[id] = await secret(folder, 'mqtt-password', `the sensor in ${room} at the broker`)
      clients.push(folder)
    }
    for (const { file, text, env, request } of remote) {
      steps.push({ outcome: await own.ensure(file, text, 0o600), file: `house/${file}`, what: `the sensor in ${request.room}` })
      if (env.MQTT_PASSWORD !== undefined) users[request.id] = env.MQTT_PASSWORD
    }
    steps.push(...(await ensureDevices(own, devices)))
    Object.assign(users, usersOf(devices))

    const hosts = [...request.hosts, ...(request.added?.broker ? [hostOf(request.added.broker) as string] : [])]
    // A change needs no reload: it comes with a new image, for which Compose restarts the broker.
    const text = await committed('mosquitto.conf')
    const conf = await broker.ensure('mosquitto.conf', isRequired ? withCertificatePort(text) : text, 0o600)
    steps.push({ outcome: conf, file: `${broker.name}/mosquitto.conf`, what: 'configuration of the broker' })
    const files = await ensureBrokerFiles({
      ...{ access: broker, certificates: broker, authority: own, now },
      aclFile: 'acl',
      acl: await committed('acl'),
      removed: request.removed,
      clients: isRequired
        ? {
            clients: own,
            users: ['guest', ...remote.flatMap(({ request: { id, broker } }) => (usesTls(broker) ? [id] : []))],
            revoked: [request.removed, request.rekeyed].filter((id) => id !== undefined),
          }
        : undefined,
      users,
      sensors: [...services, ...remote.map(({ request }) => request)],
      devices: deviceRights(devices),
      // A container knows neither the name nor the addresses of its host.
      names: namesOf('broker', {}, hosts),
    })
    const trusted = await handOut(broker, clients)
    await handToMonitor(own, monitor)
    return { steps: [...steps, ...trusted, ...files], reload: needsReload(files), brokerPort: 1883 }
  }

  return {
    make,

    async change(id, change, now) {
      const own = await volume('house', owners.setup)
      // The password of a service is a file in its volume, which it reads at its next start.
      if (isService(id) && change.password && change.room === undefined) await (await volume(id, owners.node)).remove('mqtt-password')
      else {
        const { found, all } = await fileOf(own, id)
        await checkAccess(await volume('broker', owners.broker), 'acl')
        await own.ensure(found.file, changeSensor(found, change, all), 0o600)
      }
      const hosts = change.broker === undefined ? [] : [hostOf(change.broker) as string]
      return make({ own: [], hosts, rekeyed: change.password ? id : undefined }, now)
    },

    async remove(id, now) {
      const own = await volume('house', owners.setup)
      const { found } = await fileOf(own, id)
      const report = await make({ own: [], hosts: [], removed: id }, now)
      await own.remove(found.file)
      return report
    },

    devices: createDevices(() => volume('house', owners.setup), make),

    async renew(now) {
      const broker = await volume('broker', owners.broker)
      const names = namesIn(await readExisting(broker, 'server.crt'))
      const own = await volume('house', owners.setup)
      const folders = { certificates: broker, authority: own, clients: own }
      const files = [...(await ensureCertificates({ ...folders, names, now })), ...(await renewClients({ ...folders, now }))]
      const monitor = await volume('monitor', owners.node)
      await handToMonitor(own, monitor)
      const clients = [monitor]
      for (const { id } of services) clients.push(await volume(id, owners.node))
      return { steps: [...(await handOut(broker, clients)), ...files], reload: needsReload(files), brokerPort: 1883 }
    },

    async list() {
      const remote = await planRemote(await volume('house', owners.setup), {})
      return [...services, ...remote.map(({ request }) => request)].map(({ id, room }) => ({ id, room }))
    },

    async names() {
      return namesIn((await (await volume('broker', owners.broker)).read('server.crt')) ?? '')
    },

    async secrets() {
      const own = await volume('house', owners.setup)
      const page = chosen.DASHBOARD_PASSWORD ?? (await readExisting(await volume('monitor', owners.node), 'dashboard-password'))
      const remote = await planRemote(own, {})
      return {
        page,
        port: chosen.HTTP_PORT ?? '8080',
        guest: await readExisting(own, 'guest-password'),
        sensors: [...services, ...remote.map(({ request }) => request)],
      }
    },

    async logins() {
      const own = await volume('house', owners.setup)
      const broker = await volume('broker', owners.broker)
      const users: Record<string, string> = {
        monitor: chosen.MQTT_PASSWORD ?? (await readExisting(await volume('monitor', owners.node), 'mqtt-password')),
        guest: await readExisting(own, 'guest-password'),
      }
      for (const { id } of services) users[id] = await readExisting(await volume(id, owners.node), 'mqtt-password')
      for (const { request, text } of await planRemote(own, {})) {
        const { MQTT_PASSWORD } = readEnv(text ?? '')
        if (MQTT_PASSWORD !== undefined) users[request.id] = MQTT_PASSWORD
      }
      Object.assign(users, usersOf(await planDevices(own, {}, { own: Object.keys(users), all: [] })))
      return { users, acl: await readExisting(broker, 'acl'), others: (await usersIn(broker)).filter((user) => users[user] === undefined) }
    },

    async brokerCertificate() {
      const broker = await volume('broker', owners.broker)
      const [certificate, key] = [await broker.read('server.crt'), await broker.read('server.key')]
      return certificate === undefined || key === undefined ? null : certificate + key
    },

    async settingsOf(id) {
      const remote = await planRemote(await volume('house', owners.setup), {})
      const text = remote.find(({ request }) => request.id === id)?.text
      if (text === undefined) throw new UsageError(`The sensor ${id} does not exist on another machine.`)
      return text
    },

    async certificateOf(user) {
      if (!isRequired) return null
      const own = await volume('house', owners.setup)
      const { certificate, key } = clientFiles(user)
      return { certificate: `${await readExisting(own, certificate)}\n`, key: `${await readExisting(own, key)}\n` }
    },

    async clientAuthorities() {
      if (!isRequired) return null
      const broker = await volume('broker', owners.broker)
      const [authorities, revoked] = [await readExisting(broker, clientAuthorities), await readExisting(broker, revocations)]
      return { authorities: `${authorities}\n`, revoked: `${revoked}\n`, port: 18883 }
    },

    async authority() {
      const broker = await volume('broker', owners.broker)
      await readExisting(broker, 'ca.crt')
      return (await readAuthorities(broker)) ?? ''
    },
  }
}
