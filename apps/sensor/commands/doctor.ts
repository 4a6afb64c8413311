import {
  checkBroker,
  checkClock,
  checkSupervisor,
  checkWear,
  error,
  type Finding,
  isContainer,
  ok,
  wordsOf as sharedWordsOf,
  skipped,
  warning,
} from '@hearthwatch/doctor'
import { silent } from '@hearthwatch/log'
import { linkSettings } from '@hearthwatch/mqtt'
import { commandLanguage, SettingsError } from '@hearthwatch/settings'
import { readConfig, type SensorConfig } from '../config.ts'
import { openTrust } from '../control/trust.ts'
import { survey } from '../probes/survey.ts'
import { checkLogin } from './check-login.ts'
import { checkOutbox, existingFolder, isRunning, outboxFile } from './check-machine.ts'
import { type Words, wordsOf } from './words.ts'

const afterSettings = ['outbox', 'clock', 'dns', 'tcp', 'tls', 'login', 'topics', 'probes']

/** Checks everything that a sensor needs. Only the login and the topics need a connection, and are left out while the sensor runs. */
export async function doctor(env: Record<string, string | undefined>, files: readonly string[]): Promise<Finding[]> {
  let config: SensorConfig
  try {
    const given = readConfig(env, files)
    // The running sensor also trusts what the monitor has offered.
    const { ca, cert, key } = openTrust(given, silent)
    config = { ...given, tls: { ca, cert, key } }
  } catch (failure) {
    if (!(failure instanceof SettingsError)) throw failure
    const words = wordsOf(commandLanguage(env))
    const { bad, do: remedy } = words.settings
    return [
      error('settings', bad, failure.problems.join('; '), remedy),
      ...afterSettings.map((id) => skipped(id, words.skippedSettings, '')),
    ]
  }
  const words = wordsOf(config.UI_LANGUAGE)
  const now = Date.now()
  const shared = sharedWordsOf(config.UI_LANGUAGE)
  const { alpn } = linkSettings(config)
  const broker = await checkBroker({ url: config.MQTT_URL, tls: config.tls, alpn, isContained: isContainer() }, shared, now)
  return [
    ok('settings', words.settings.good),
    ...(isRunning(config) ? [await checkSupervisor('sensor', outboxFile(config), shared, isContainer())] : []),
    checkOutbox(config, words.outbox),
    ...checkWear(existingFolder(config.OUTBOX_DIR), shared),
    await checkClock(shared.clock, now),
    ...broker,
    ...(await checkLoginIfPossible(config, words, broker)),
    ...(await checkProbes(config, words.probes, now)),
  ]
}

async function checkLoginIfPossible(config: SensorConfig, words: Words, broker: readonly Finding[]): Promise<Finding[]> {
  const { running, runningWhy, runningDo } = words.login
  const both = (what: string, why = '', remedy = '') => ['login', 'topics'].map((id) => skipped(id, what, why, remedy))
  if (broker.some(({ level }) => level === 'error')) return both(sharedWordsOf(config.UI_LANGUAGE).unreachable)
  if (isRunning(config)) return both(running, runningWhy, runningDo)
  return checkLogin(config, words)
}

async function checkProbes(config: SensorConfig, words: Words['probes'], now: number): Promise<Finding[]> {
  const { probes, missing } = await survey(config, now)
  if (probes.length === 0) return [error('probes', words.none(config.PROBE), words.noneWhy, words.noneDo)]
  const good = probes.filter(({ problem }) => problem === null)
  const list = good.map(({ value, unit, room }) => `${room}: ${value} ${unit}`).join(', ')
  return [
    ...(good.length > 0 ? [ok('probes', words.good(good.length, list))] : []),
    ...probes.flatMap(({ id, problem }) =>
      problem === null ? [] : [(good.length > 0 ? warning : error)('probes', words.bad(id), problem, words.badDo)],
    ),
    ...(missing.length > 0 ? [warning('probes', words.missing(missing.join(' ')), words.missingWhy, words.missingDo)] : []),
  ]
}
