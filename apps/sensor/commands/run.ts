import { parseArgs } from 'node:util'
import { describeFindings } from '@hearthwatch/doctor'
import { SettingsError } from '@hearthwatch/settings'
import { readConfig, type SensorConfig } from '../config.ts'
import type { Place } from '../installed.ts'
import { doctor } from './doctor.ts'
import { listProbes } from './probes.ts'

const helpFor = ({ command }: Place) => `${command} probes | doctor [--json]

  probes   lists the probes that are found, each with its value, its room and its topic
  doctor   checks settings, disk, clock, broker, login and probes, and proposes a remedy for each fault
  --json   prints JSON
  --help   prints this text

Both exit with 0, or with 1 if there is no probe or an error. They change nothing, and do not disturb a running sensor.`

/** Executes the command that the first argument names, and exits. @returns without effect if it names none */
export async function runCommand([name, ...args]: readonly string[], place: Place): Promise<void> {
  if (name !== 'probes' && name !== 'doctor') return
  const { json, help: isHelp } = optionsOrExit(args, helpFor(place))
  if (isHelp) {
    console.log(helpFor(place))
    process.exit(0)
  }
  const isGood = name === 'probes' ? await runProbes(json, place.settingsFiles) : await runDoctor(json, place.settingsFiles)
  process.exit(isGood ? 0 : 1)
}

async function runProbes(json: boolean, files: readonly string[]): Promise<boolean> {
  let config: SensorConfig
  try {
    config = readConfigFor(process.env, files)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    return false
  }
  const { text, json: data, isGood } = await listProbes(config)
  if (json) console.log(JSON.stringify(data))
  else if (isGood) console.log(text)
  else console.error(text)
  return isGood
}

async function runDoctor(json: boolean, files: readonly string[]): Promise<boolean> {
  const findings = await doctor(process.env, files)
  const isGood = findings.every(({ level }) => level !== 'error')
  console.log(json ? JSON.stringify({ ok: isGood, findings }) : describeFindings(findings))
  return isGood
}

/** The settings; a room is not needed to find probes. @throws SettingsError */
function readConfigFor(env: Record<string, string | undefined>, files: readonly string[]): SensorConfig {
  try {
    return readConfig(env, files)
  } catch (error) {
    const isRoomAlone = error instanceof SettingsError && error.problems.every((problem) => problem.startsWith('ROOM is missing'))
    if (!isRoomAlone) throw error
    return readConfig({ ...env, ROOM: 'room' }, files)
  }
}

function optionsOrExit(args: readonly string[], help: string): { json: boolean; help: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
    return { json: values.json ?? false, help: values.help ?? false }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}
