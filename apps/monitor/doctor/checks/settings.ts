import { existsSync, readFileSync, statSync } from 'node:fs'
import { error, type Finding, ok, warning } from '@hearthwatch/doctor'
import { parseEnvFile } from '@hearthwatch/settings'
import { settings } from '../../config/settings.ts'
import { type Check, inLanguage, type Patient } from '../check.ts'

const texts = {
  en: {
    good: (file: string) => `The settings in ${file} are complete.`,
    none: 'There is no .env: settings come from the environment, and the others have their defaults.',
    dollar: (note: string) => `Docker Compose reads another value: ${note}.`,
    dollarWhy: 'Compose replaces $NAME in a value, and npm start does not. A password would then be another one in each.',
    dollarDo: 'Put the value in single quotes.',
    unknown: (name: string) => `The name ${name} in the settings is not known, so the line is ignored.`,
    like: (name: string) => `Did you mean ${name}?`,
    unlike: 'Names are listed in .env.example; correct or delete the line.',
    open: (file: string, mode: string) => `Other users of this machine can read ${file} (mode ${mode}).`,
    openWhy: 'It contains passwords.',
    badWhy: 'The line cannot be read, so it is ignored.',
    why: 'The program uses its default instead.',
  },
  'zh-TW': {
    good: (file: string) => `${file} 的設定完整。`,
    none: '沒有 .env：設定取自環境變數，其餘使用預設值。',
    dollar: (note: string) => `Docker Compose 會讀到不同的值：${note}。`,
    dollarWhy: 'Compose 會替換值裡的 $NAME，npm start 不會，兩邊的密碼就會不同。',
    dollarDo: '請把值放在單引號裡。',
    unknown: (name: string) => `設定裡的名稱 ${name} 無法辨識，這一行會被忽略。`,
    like: (name: string) => `是不是 ${name}？`,
    unlike: '名稱列在 .env.example，請修正或刪除這一行。',
    open: (file: string, mode: string) => `這台機器的其他使用者可以讀取 ${file}（權限 ${mode}）。`,
    openWhy: '裡面有密碼。',
    badWhy: '無法讀取這一行，所以會被忽略。',
    why: '程式會改用預設值。',
  },
}

/** Names that other programs read from the same file: Compose, setup and the sensor. */
const others = [
  ...[
    'BROKER_BIND',
    'BROKER_PLAIN_BIND',
    'PAGE_BIND',
    'DEMO',
    'COMPOSE_PROFILES',
    'COMPOSE_PROJECT_NAME',
    'COMPOSE_FILE',
    'SECRETS_DIR',
    'REVISION',
    ...['POSTGRES_PASSWORD', 'GRAFANA_PASSWORD', 'GRAFANA_BIND', 'GRAFANA_PORT'],
    'SENSOR_ID',
    'ROOM',
    'PROBE',
    'PROBES',
  ],
  ...['READ_INTERVAL', 'HEARTBEAT_INTERVAL', 'ALERT_BELOW', 'BATCH_SIZE', 'BATCH_INTERVAL', 'MAX_RATE', 'OUTBOX_DIR', 'OUTBOX_MAX'],
  ...['OUTBOX_SYNC', 'STATUS_TOPIC', 'SYSFS_ROOT', 'SIMULATE_MEAN', 'SIMULATE_SPREAD', 'SIMULATE_SEED'],
]

export const settingsCheck = {
  id: 'settings',
  needs: 'machine',
  run(patient: Pick<Patient, 'language' | 'files'>) {
    const say = inLanguage(texts, patient)
    const file = patient.files.find((one) => existsSync(one))
    if (file === undefined) return [ok('settings', say.none)]
    const found: Finding[] = []
    const text = readFileSync(file, 'utf8')
    const { variables, problems, notes } = parseEnvFile(text)
    for (const problem of problems) found.push(error('settings', problem, say.badWhy, say.unlike))
    for (const note of notes) found.push(warning('settings.compose', say.dollar(note), say.dollarWhy, say.dollarDo))
    for (const name of Object.keys(variables)) {
      if (isKnown(name)) continue
      const like = closest(name)
      found.push(warning('settings.unknown', say.unknown(name), say.why, like === null ? say.unlike : say.like(like)))
    }
    const mode = statSync(file).mode & 0o777
    if ((mode & 0o077) !== 0 && /^\s*(?:export\s+)?\w*(?:PASSWORD|TOKEN|SMTP_URL|NOTIFY_URLS)\w*\s*=\s*\S/m.test(text))
      found.push(warning('settings.mode', say.open(file, mode.toString(8)), say.openWhy, `chmod 600 ${file}`))
    return found.length > 0 ? found : [ok('settings', say.good(file))]
  },
} satisfies Check

const names = [...Object.keys(settings.properties), ...others]

/** True for a setting, or the file of a secret one, of any program of the house. */
export const isKnown = (name: string) => names.includes(name) || names.includes(name.replace(/_FILE$/, ''))

/** The known name with at most two letters changed, left out, added or swapped; null: none is so near. */
export function closest(name: string): string | null {
  const [best] = names
    .map((known) => ({ known, distance: distanceOf(name.toUpperCase(), known) }))
    .filter(({ known, distance }) => distance <= Math.min(2, known.length / 3))
    .sort((a, b) => a.distance - b.distance)
  return best?.known ?? null
}

/** The distance of Damerau and Levenshtein, in which two swapped letters count once. */
function distanceOf(a: string, b: string): number {
  const rows = [...Array(a.length + 1)].map((_, i) => [...Array(b.length + 1)].map((_, j) => (i === 0 ? j : j === 0 ? i : 0)))
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1))
      ;(rows[i] as number[])[j] = isSwap ? Math.min(least, at(i - 2, j - 2) + 1) : least
    }
  return at(a.length, b.length)
}
