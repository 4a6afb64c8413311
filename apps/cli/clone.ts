import { readFile, stat } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { committed, keepBrokerFiles, needsReload } from './broker-files.ts'
import { completeEnv, readEnv, type Setting } from './envfile.ts'
import { openFolder } from './folder.ts'
import { namesOf } from './hostnames.ts'
import type { House } from './house.ts'
import { makePassword } from './passwords.ts'
import type { Step } from './report.ts'
import { completeSensors, planSensors } from './sensorfile.ts'
import { hostOf, SetupError, UsageError } from './setup-request.ts'

const monitorTitle = 'The monitor. Made by npm run setup; .env.example tells all that can stand here.'
const guestTitle = 'The user guest, for other software: it reads home/# and reports into any room.'

/** A house whose files lie in a clone: `.env`, `.env.guest`, a file a sensor, and what is in `mosquitto/`. */
export async function openClone(dir: string): Promise<House> {
  const owner = await stat(dir).catch(() => {
    throw new SetupError(`There is no folder ${dir}.`)
  })
  // Run as root in somebody's clone, what is made belongs to them all the same.
  const home = openFolder(dir, '.', owner)
  const rules = openFolder(join(dir, 'mosquitto'), 'mosquitto', owner)
  const papers = openFolder(join(dir, 'mosquitto/certs'), 'mosquitto/certs', owner)

  const keepEnv = async (file: string, title: string, settings: Setting[]) => {
    const text = completeEnv(await home.read(file), title, settings)
    return { outcome: await home.keep(file, text, 0o600), env: readEnv(text) }
  }
  const password = async (file: string, env: Record<string, string>, name: string) => {
    if (env[name] !== undefined) return env[name]
    const path = resolve(dir, env[`${name}_FILE`] ?? '')
    return readFile(path, 'utf8').then(
      (text) => text.replace(/\r?\n$/, ''),
      (error: Error) => {
        throw new SetupError(`${name}_FILE in ${file} cannot be read: ${error.message}`)
      },
    )
  }
  const known = () => planSensors(home, { own: [], hosts: [] }, hostname())
  const must = async (file: string) => {
    const text = await home.read(file)
    if (text === undefined) throw new SetupError(`There is no ${file} yet: npm run setup makes it.`)
    return text
  }

  return {
    async make(request, now) {
      const plan = completeSensors(await planSensors(home, request, hostname()))
      const steps: Step[] = []
      const users: Record<string, string> = {}
      const account = async (file: string, env: Record<string, string>, user: string) => {
        // A file may connect as somebody else, to a broker that is not ours.
        if (env.MQTT_USERNAME === user) users[user] = await password(file, env, 'MQTT_PASSWORD')
      }

      const monitor = await keepEnv('.env', monitorTitle, monitorSettings())
      steps.push({ outcome: monitor.outcome, file: '.env', what: "the monitor: its password at the broker, the page's password" })
      await account('.env', monitor.env, 'monitor')
      const guest = await keepEnv('.env.guest', guestTitle, guestSettings())
      steps.push({ outcome: guest.outcome, file: '.env.guest', what: 'the user guest, for other software' })
      await account('.env.guest', guest.env, 'guest')
      for (const { file, text, env, request } of plan) {
        steps.push({ outcome: await home.keep(file, text, 0o600), file, what: `the sensor ${request.id} in ${request.room}` })
        await account(file, env, request.id)
      }

      const hosts = [...request.hosts, ...(request.added?.broker ? [hostOf(request.added.broker) as string] : [])]
      const files = await keepBrokerFiles({
        ...{ rules, papers, authority: papers, now },
        acl: (await rules.read('acl')) ?? (await committed('acl')),
        users,
        sensors: plan.map(({ request }) => request).filter(({ id }) => users[id] !== undefined),
        names: namesOf(hostname(), networkInterfaces(), ['broker', ...hosts]),
      })
      return { steps: [...steps, ...files], reload: needsReload(files), brokerPort: Number(monitor.env.BROKER_PORT ?? 1883) }
    },

    async secrets() {
      const env = readEnv(await must('.env'))
      const guest = readEnv(await must('.env.guest'))
      return {
        page: await password('.env', env, 'DASHBOARD_PASSWORD'),
        port: env.HTTP_PORT ?? '8080',
        guest: await password('.env.guest', guest, 'MQTT_PASSWORD'),
        sensors: (await known()).map(({ request: { id, room } }) => ({ id, room })),
      }
    },

    async settingsOf(id) {
      const text = (await known()).find(({ request }) => request.id === id)?.text
      if (text === undefined) throw new UsageError(`There is no sensor ${id}.`)
      return text
    },

    async authority() {
      const certificate = await papers.read('ca.crt')
      if (certificate === undefined) throw new SetupError('There is no mosquitto/certs/ca.crt yet: npm run setup makes it.')
      return certificate
    },
  }
}

function monitorSettings(): Setting[] {
  return [
    { name: 'MQTT_USERNAME', value: 'monitor', comment: 'Its user at the broker. Without MQTT_URL it starts a broker of its own.' },
    { name: 'MQTT_PASSWORD', value: makePassword() },
    { name: 'DASHBOARD_PASSWORD', value: makePassword(), comment: 'What the page asks for. Change it as you like.' },
  ]
}

function guestSettings(): Setting[] {
  return [
    { name: 'MQTT_USERNAME', value: 'guest' },
    { name: 'MQTT_PASSWORD', value: makePassword() },
  ]
}
