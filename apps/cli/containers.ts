import { chmod, chown, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { committed, keepBrokerFiles, needsReload } from './broker-files.ts'
import { type Folder, type Owner, openFolder } from './folder.ts'
import { namesOf } from './hostnames.ts'
import type { House } from './house.ts'
import { makePassword } from './passwords.ts'
import type { Step } from './report.ts'
import { completeSensors, planSensors } from './sensorfile.ts'
import { checkSensor, hostOf, type SensorRequest, SetupError, type SetupRequest, UsageError } from './setup-request.ts'

/** The users in the images, who read the volumes. */
const owners = { setup: { uid: 0, gid: 0 }, broker: { uid: 1883, gid: 1883 }, node: { uid: 1000, gid: 1000 } }

/** What a person has chosen in `.env`. Passwords there win over made ones. */
export interface Chosen {
  MQTT_PASSWORD?: string | undefined
  DASHBOARD_PASSWORD?: string | undefined
  HTTP_PORT?: string | undefined
}

/**
 * A house in containers. Below `root` a volume is mounted for each consumer, named like its service, and holds the
 * secrets of that one alone, a file each. The volume `house` is setup's own: the authority's key, the guest's
 * password and the settings of sensors on other machines.
 * @param here the sensors among the services
 */
export function openContainers(root: string, here: readonly SensorRequest[], chosen: Chosen): House {
  for (const sensor of here) checkSensor(sensor)

  /** The volume, given to its consumer if it is new. */
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
  const must = async (folder: Folder, file: string) => {
    const text = await folder.read(file)
    if (text === undefined) throw new SetupError(`There is no ${folder.name}/${file} yet: docker compose up makes it.`)
    return text.replace(/\r?\n$/, '')
  }
  /** Sensors on other machines: they have an env file each in our own volume. */
  const elsewhere = async (house: Folder, request: Pick<SetupRequest, 'added'>) => {
    const { added } = request
    if (added && here.some(({ id }) => id === added.id)) throw new UsageError(`${added.id} is a service of docker-compose.yml already.`)
    return planSensors(house, { own: [], hosts: [], added }, 'house')
  }

  return {
    async make(request, now) {
      const house = await volume('house', owners.setup)
      const broker = await volume('broker', owners.broker)
      const monitor = await volume('monitor', owners.node)
      const others = completeSensors(
        await elsewhere(house, request),
        here.map(({ room }) => room),
      )
      const steps: Step[] = []
      const secret = async (folder: Folder, file: string, what: string, choice?: string) => {
        const value = choice ?? (await password(folder, file)) ?? makePassword()
        steps.push({ outcome: await folder.keep(file, `${value}\n`, 0o600), file: `${folder.name}/${file}`, what })
        return value
      }

      const users: Record<string, string> = {}
      users.monitor = await secret(monitor, 'mqtt-password', 'the monitor at the broker', chosen.MQTT_PASSWORD)
      await secret(monitor, 'dashboard-password', 'people at the page', chosen.DASHBOARD_PASSWORD)
      users.guest = await secret(house, 'guest-password', 'other software at the broker')
      const trusting = [monitor]
      for (const { id, room } of here) {
        const folder = await volume(id, owners.node)
        users[id] = await secret(folder, 'mqtt-password', `the sensor in ${room} at the broker`)
        trusting.push(folder)
      }
      for (const { file, text, env, request } of others) {
        steps.push({ outcome: await house.keep(file, text, 0o600), file: `house/${file}`, what: `the sensor in ${request.room}` })
        if (env.MQTT_PASSWORD !== undefined) users[request.id] = env.MQTT_PASSWORD
      }

      const hosts = [...request.hosts, ...(request.added?.broker ? [hostOf(request.added.broker) as string] : [])]
      // A change is no reason to reload: it comes with a new image, for which Compose starts the broker anew.
      const conf = await broker.keep('mosquitto.conf', await committed('mosquitto.conf'), 0o600)
      steps.push({ outcome: conf, file: `${broker.name}/mosquitto.conf`, what: 'how the broker runs' })
      const files = await keepBrokerFiles({
        ...{ rules: broker, papers: broker, authority: house, now },
        // Always from the committed one, so that a new version of it arrives.
        acl: await committed('acl'),
        users,
        sensors: [...here, ...others.map(({ request }) => request)],
        // A container knows neither the name nor the addresses of its host.
        names: namesOf('broker', {}, hosts),
      })
      const certificate = await must(broker, 'ca.crt')
      for (const folder of trusting) {
        const outcome = await folder.keep('ca.crt', `${certificate}\n`, 0o644)
        steps.push({ outcome, file: `${folder.name}/ca.crt`, what: 'whom it trusts' })
      }
      return { steps: [...steps, ...files], reload: needsReload(files), brokerPort: 1883 }
    },

    async secrets() {
      const house = await volume('house', owners.setup)
      const page = chosen.DASHBOARD_PASSWORD ?? (await must(await volume('monitor', owners.node), 'dashboard-password'))
      const others = await elsewhere(house, {})
      return {
        page,
        port: chosen.HTTP_PORT ?? '8080',
        guest: await must(house, 'guest-password'),
        sensors: [...here, ...others.map(({ request }) => request)],
      }
    },

    async settingsOf(id) {
      const others = await elsewhere(await volume('house', owners.setup), {})
      const text = others.find(({ request }) => request.id === id)?.text
      if (text === undefined) throw new UsageError(`There is no sensor ${id} on another machine.`)
      return text
    },

    async authority() {
      return `${await must(await volume('broker', owners.broker), 'ca.crt')}\n`
    },
  }
}
