import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnv } from '@hearthwatch/settings'
import { runSetup } from '../../apps/cli/command.ts'

/**
 * A house of setup with sensors in rooms of their names, a script and a guest, and its files for RabbitMQ. It requires client
 * certificates on the port with TLS. One more sensor, `pi-9`, is on another machine and got a new key.
 */
export async function setUpHouse(sensors: readonly string[], script: { name: string; room: string }) {
  const dir = mkdtempSync(join(tmpdir(), 'cluster-house-'))
  const setup = async (...args: string[]) => {
    const { code, errors } = await runSetup(['--dir', dir, ...args])
    if (code !== 0) throw new Error(errors)
  }
  writeFileSync(join(dir, '.env'), 'BROKER_CLIENT_CERTIFICATES=required\n')
  await setup('--without-sensor')
  for (const id of sensors) await setup('sensor', 'add', `room-of-${id}`, '--id', id, '--here', '--no-compose')
  await setup('device', 'add', script.name, script.room, '--kind', 'script', '--here', '--no-compose')
  const pairOf = (user: string) => ({
    cert: readFileSync(join(dir, `mosquitto/certs/client-${user}.crt`)),
    key: readFileSync(join(dir, `mosquitto/certs/client-${user}.key`)),
  })
  await setup('sensor', 'add', 'roof', '--id', 'pi-9', '--broker', 'mqtts://broker:8883', '--no-compose')
  const revoked = pairOf('pi-9')
  await setup('sensor', 'rotate', 'pi-9', '--no-compose')
  const made = join(dir, 'cluster/made/rabbitmq')
  const passwordIn = (file: string) => readEnv(readFileSync(join(dir, file), 'utf8')).MQTT_PASSWORD ?? ''
  const house = {
    /** The authority of its certificates, PEM. */
    authority: '',
    certificates: { 'pi-9': pairOf('pi-9'), guest: pairOf('guest'), revoked },
    files: {} as Record<string, string>,
    passwords: new Map<string, string>(),
    /** Runs a command of setup there. */
    setup,
    /** Makes the files for RabbitMQ again, after a change by setup. */
    async renew() {
      await setup('cluster', 'rabbitmq')
      const own = readdirSync(dir).filter((file) => /^\.env\.(?:sensor|device)/.test(file))
      const users = own.map(
        (file) => [readEnv(readFileSync(join(dir, file), 'utf8')).MQTT_USERNAME ?? script.name, passwordIn(file)] as const,
      )
      house.authority = readFileSync(join(dir, 'mosquitto/certs/ca.crt'), 'utf8')
      house.files = Object.fromEntries(readdirSync(made).map((file) => [file, readFileSync(join(made, file), 'utf8')]))
      house.passwords = new Map([['monitor', passwordIn('.env')], ['guest', passwordIn('.env.guest')], ...users])
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
  await house.renew()
  return house
}
