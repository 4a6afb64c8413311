import { error, type Finding, ok, skipped, warning } from '@hearthwatch/doctor'
import { type Check, inLanguage, type Patient } from '../check.ts'
import { healthAt } from '../monitor-client.ts'

const texts = {
  en: {
    good: (url: string) => `The page answers at ${url}.`,
    ill: (url: string) => `The monitor at ${url} reports a fault.`,
    silent: (url: string) => `The page does not answer at ${url}.`,
    silentWhy: 'Nobody can look at the house, or silence an alert.',
    silentDo: 'journalctl -u hearthwatch-monitor, or docker compose logs monitor',
    notRunning: 'The monitor does not run, so its page was not tested.',
    taken: (url: string) => `Another program answers at ${url}.`,
    takenWhy: 'The monitor cannot serve its page there.',
    takenDo: 'Stop it, or set another HTTP_PORT.',
    outside: (url: string) => `The links in messages lead to ${url}, which does not answer from here.`,
    outsideWhy: 'Whoever opens a link in a mail sees an error. A machine may also be unable to reach its own outside address.',
    outsideDo: 'Check PUBLIC_URL, and the proxy in front of the page.',
    open: 'The page has no password, so it is served on this machine only.',
    openWhy: 'No phone and no other machine can show it.',
    openDo: 'npm run setup, or set DASHBOARD_PASSWORD',
  },
  'zh-TW': {
    good: (url: string) => `網頁在 ${url} 有回應。`,
    ill: (url: string) => `${url} 的監控程式回報問題。`,
    silent: (url: string) => `網頁在 ${url} 沒有回應。`,
    silentWhy: '沒有人能查看房屋的狀態或靜音警報。',
    silentDo: 'journalctl -u hearthwatch-monitor，或 docker compose logs monitor',
    notRunning: '監控程式沒有執行，所以沒有測試網頁。',
    taken: (url: string) => `${url} 是別的程式在回應。`,
    takenWhy: '監控程式無法在那裡提供網頁。',
    takenDo: '請停止它，或設定其他 HTTP_PORT。',
    outside: (url: string) => `訊息裡的連結指向 ${url}，從這裡連不上。`,
    outsideWhy: '打開信中連結的人會看到錯誤。也可能是這台機器連不到自己的外部位址。',
    outsideDo: '請檢查 PUBLIC_URL，以及網頁前面的代理伺服器。',
    open: '網頁沒有密碼，所以只在這台機器上提供。',
    openWhy: '手機和其他機器都無法開啟。',
    openDo: '執行 npm run setup，或設定 DASHBOARD_PASSWORD',
  },
}

/** The address of the page on this machine. */
export function pageUrl({ HTTP_HOST, HTTP_PORT }: Patient['config']): string {
  const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[HTTP_HOST] ?? (HTTP_HOST.includes(':') ? `[${HTTP_HOST}]` : HTTP_HOST)
  return `http://${host}:${HTTP_PORT}`
}

export const pageCheck: Check = {
  id: 'page',
  needs: 'machine',
  async run(patient) {
    const say = inLanguage(texts, patient)
    const { config, isRunning } = patient
    const url = pageUrl(config)
    const found: Finding[] = []
    const health = await healthAt(url)
    if (health === null)
      found.push(isRunning ? error('page', say.silent(url), say.silentWhy, say.silentDo) : skipped('page', say.notRunning, '', 'npm start'))
    else if (health.status === undefined) found.push(error('page', say.taken(url), say.takenWhy, say.takenDo))
    else if (health.status === 'ok') found.push(ok('page', say.good(url)))
    else
      found.push(
        error(
          'page',
          say.ill(url),
          [health.connection?.[patient.language] ?? health.mqtt, health.database]
            .filter((one) => one !== 'connected' && one !== 'ok')
            .join('; '),
          say.silentDo,
        ),
      )
    if (config.PUBLIC_URL !== undefined && health?.status !== undefined && (await healthAt(config.PUBLIC_URL))?.status === undefined)
      found.push(warning('page.public', say.outside(config.PUBLIC_URL), say.outsideWhy, say.outsideDo))
    if (config.DASHBOARD_PASSWORD === undefined && config.API_TOKEN === undefined)
      found.push(warning('page.password', say.open, say.openWhy, say.openDo))
    return found
  },
}
