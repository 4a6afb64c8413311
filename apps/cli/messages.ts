import { answers } from './answers.ts'
import type { Secrets } from './installation/installation.ts'
import type { Report } from './report.ts'

/** Kind of installation, on which the commands to type depend. */
type Where = 'clone' | 'containers' | 'package'

const setup: Record<Where, string> = {
  clone: 'npm run setup --',
  containers: 'docker compose run --rm setup',
  package: 'sudo hearthwatch-monitor setup',
}

const texts = {
  en: {
    next: {
      clone: `Next: run npm start, and npm run sensor in another terminal. ${setup.clone} show prints the passwords.`,
      containers: `${setup.containers} show prints the passwords.`,
      package: `Next: sudo systemctl restart hearthwatch-monitor. ${setup.package} show prints the passwords.`,
    },
    reloadContainers: 'If the broker is running, make it read its new files: docker compose kill -s HUP broker',
    reload:
      'A broker is running on this machine. The embedded one has read its new files; connections stay open.\nMosquitto reads them on SIGHUP: systemctl reload mosquitto',
    page: 'Password of the page',
    guest: 'Password of guest',
    sensors: 'Sensors',
    none: 'none yet',
    address: (port: string, isClone: boolean) => `The page is on http://127.0.0.1:${port}${isClone ? ' while npm start runs' : ''}.`,
  },
  'zh-TW': {
    next: {
      clone: `接下來：執行 npm start，並在另一個終端機執行 npm run sensor。${setup.clone} show 會顯示密碼。`,
      containers: `${setup.containers} show 會顯示密碼。`,
      package: `接下來：sudo systemctl restart hearthwatch-monitor。${setup.package} show 會顯示密碼。`,
    },
    reloadContainers: '如果 broker 正在執行，請讓它讀取新的檔案：docker compose kill -s HUP broker',
    reload:
      '這台機器上有 broker 正在執行。內建的 broker 已讀取新的檔案，連線不會中斷。\nMosquitto 收到 SIGHUP 時讀取：systemctl reload mosquitto',
    page: '頁面的密碼',
    guest: 'guest 的密碼',
    sensors: '感測器',
    none: '還沒有',
    address: (port: string, isClone: boolean) => `頁面在 http://127.0.0.1:${port}${isClone ? '（npm start 執行期間）' : ''}。`,
  },
}

/** @param language default: English */
const wordsOf = (language: string | undefined) => (language === 'zh-TW' ? texts['zh-TW'] : texts.en)

/** The message after a run: each file with its outcome, and the next step. It contains no secret. */
export async function describeReport({ steps, reload, brokerPort }: Report, where: Where, language?: string): Promise<string> {
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`.trimEnd())
  const words = wordsOf(language)
  const paragraphs = [lines.join('\n'), words.next[where], ...(reload ? [await howToReload(where, brokerPort, words)] : [])]
  return `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`
}

/** The message with the passwords for people. */
export function describeSecrets({ page, port, guest, sensors }: Secrets, where: Where, language?: string): string {
  const words = wordsOf(language)
  const names = sensors.map(({ id, room }) => `${id} (${room})`).join(', ')
  const rows = [
    [words.page, page],
    [words.guest, guest],
    [words.sensors, names || words.none],
  ] as const
  const width = 24
  const lines = rows.map(([label, value]) => `${label}${' '.repeat(width - columnsOf(label))}${value}`)
  return [...lines, '', words.address(port, where === 'clone'), ''].join('\n')
}

/** The width of a text on a terminal: a Chinese character has two columns. */
const columnsOf = (text: string) => [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0)

async function howToReload(where: Where, port: number, words: (typeof texts)['en']): Promise<string> {
  if (where === 'containers') return words.reloadContainers
  const isListening = (port: number) => answers(`mqtt://127.0.0.1:${port}`, 500)
  return (await isListening(port)) || (await isListening(8883)) ? words.reload : ''
}
