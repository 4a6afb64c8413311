import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describeFindings, error, type Finding, skipped, summarize, wordsOf } from '@hearthwatch/doctor'
import { commandLanguage, type Language, languageOf, parseEnvFile, SettingsError } from '@hearthwatch/settings'
import { type Config, readConfig } from '../config/config.ts'
import { describeBundle } from '../doctor/bundle.ts'
import type { Patient } from '../doctor/check.ts'
import { pageUrl } from '../doctor/checks/page.ts'
import { settingsCheck } from '../doctor/checks/settings.ts'
import { examine } from '../doctor/examine.ts'
import { askMonitor } from '../doctor/monitor-client.ts'
import { openOwnLogin } from '../doctor/own-login.ts'
import { createPatient } from '../doctor/patient.ts'
import { checks, placeOf } from '../doctor/registry.ts'
import manifest from '../package.json' with { type: 'json' }
import { isLocked } from '../store/file/lock.ts'
import { runCommand, UsageError } from './run.ts'

const help = `npm run doctor [-- options]

Checks settings, disk, database, backups, clocks, broker, certificates, access list, sensors, channels and page. Each fault has a
remedy to type. It changes nothing, sends no message, and works while the monitor runs. Exits with 1 if there is an error.

  --json         print {"ok":…,"findings":[{"id","level","what","why","do"}]}
  --lang LANG    en or zh-TW; default: UI_LANGUAGE, else the language of the terminal
  --bundle FILE  also write the findings into a file without passwords, addresses and names, to ask others with
  --help         print this help`

const texts = {
  en: {
    settings: 'The settings are invalid.',
    settingsDo: 'Correct them in .env or the environment.',
    rest: 'Not checked, because the settings are invalid.',
    embedded: 'The monitor, and with it its broker, does not run.',
    elsewhere:
      'No monitor has run with this database. It may run on another machine, and a login with its client id would end its connection.',
    bundle: (file: string) => `Written: ${file}. Read it before you send it.`,
  },
  'zh-TW': {
    settings: '設定有誤。',
    settingsDo: '請修改 .env 或環境變數。',
    rest: '設定有誤，所以沒有檢查。',
    embedded: '監控程式沒有執行，所以它的 broker 也沒有。',
    elsewhere: '沒有監控程式用過這個資料庫。它可能在另一台機器上執行，用它的 client id 登入會中斷它的連線。',
    bundle: (file: string) => `已寫入 ${file}，傳給別人之前請先看過。`,
  },
}

const options = { json: { type: 'boolean' }, lang: { type: 'string' }, bundle: { type: 'string' } } as const
const files = ['.env']
/** Only the running monitor knows these. */
const unseen = { takeovers: null, newer: null, forwarding: null, growth: null }

process.exitCode = await runCommand(help, options, async ({ json = false, lang, bundle }) => {
  const language = lang === undefined ? languageHere() : languageOf(lang)
  if (language === undefined) throw new UsageError('--lang must be en or zh-TW')
  const { findings, config } = await examineHouse(language)
  const isGood = findings.every(({ level }) => level !== 'error')
  console.log(
    json ? JSON.stringify({ ok: isGood, findings }) : `${describeFindings(findings)}\n\n${summarize(findings, wordsOf(language).summary)}`,
  )
  if (bundle !== undefined) {
    writeFileSync(bundle, describeBundle(findings, config, manifest.version), { mode: 0o600 })
    console.error(texts[language].bundle(bundle))
  }
  return isGood ? 0 : 1
})

async function examineHouse(language: Language): Promise<{ findings: Finding[]; config: Readonly<Record<string, unknown>> }> {
  const say = texts[language]
  let config: Config
  try {
    config = readConfig(process.env, files)
  } catch (failure) {
    if (!(failure instanceof SettingsError)) throw failure
    const more = settingsCheck.run({ language, files })
    const others = checks.filter(({ id }) => id !== 'settings').map(({ id }) => skipped(id, `${id}: ${say.rest}`, ''))
    const wrong = error('settings', say.settings, failure.problems.join('; '), say.settingsDo)
    return { findings: [wrong, ...more.filter(({ level }) => level !== 'ok'), ...others], config: {} }
  }
  const isRunning = isLocked(config.DATABASE_FILE)
  const fromMonitor = isRunning ? await askMonitor(config, pageUrl(config), language).catch(unasked) : null
  const own = fromMonitor ?? (await ownLogin(config, language))
  const given = Array.isArray(own) ? { live: null, liveProblem: '', isRefused: false } : own
  const { live } = given
  try {
    const patient = createPatient(
      { ...given, ...unseen, language, now: Date.now(), files, config, version: manifest.version, isRunning },
      true,
    )
    const local = Array.isArray(own) ? checks.filter(({ needs }) => needs === 'machine') : checks
    const findings = await examine(patient, local)
    // Printed in the order of the registry.
    const all = Array.isArray(own) ? [...findings, ...own] : findings
    return { findings: all.sort((a, b) => placeOf(a.id) - placeOf(b.id)), config: { ...config, ...secretsOf() } }
  } finally {
    await live?.close()
  }
}

type Own = Pick<Patient, 'live' | 'liveProblem' | 'isRefused'>

function unasked({ message }: Error): Own {
  return { live: null, liveProblem: message, isRefused: false }
}

/** The doctor's own connection, or why there is none. */
async function ownLogin(config: Config, language: Language): Promise<Own> {
  if (config.MQTT_URL === undefined) return { live: null, liveProblem: texts[language].embedded, isRefused: false }
  // A profile's policies admit only the client id of the monitor.
  if (config.MQTT_PROFILE !== 'none' && !existsSync(config.DATABASE_FILE))
    return { live: null, liveProblem: texts[language].elsewhere, isRefused: false }
  try {
    return { live: await openOwnLogin(config, config.MQTT_URL, language), liveProblem: '', isRefused: false }
  } catch (failure) {
    return { live: null, liveProblem: (failure as Error).message, isRefused: true }
  }
}

function languageHere(): Language {
  return commandLanguage({ ...fileVariables(), ...process.env })
}

/** Settings that the configuration does not keep, for hiding them. */
function secretsOf(): Record<string, string | undefined> {
  const { SMTP_URL, NOTIFY_URLS, MAIL_FROM, MAIL_TO } = { ...fileVariables(), ...process.env }
  return { SMTP_URL, NOTIFY_URLS, MAIL_FROM, MAIL_TO }
}

function fileVariables(): Record<string, string | undefined> {
  const file = files.find((one) => existsSync(one))
  return file === undefined ? {} : parseEnvFile(readFileSync(file, 'utf8')).variables
}
