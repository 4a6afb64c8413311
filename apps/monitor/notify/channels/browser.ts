import { type Localized, localized } from '../text/localized.ts'
import { type ButtonLanguage, browserWords } from './buttons.ts'
import { DeliveryError, type FailureKind, type Message } from './channel.ts'
import { belowSubject, bytes, fit, tidy } from './fit.ts'
import { type Answer, isSuccess, overHttp } from './http.ts'
import type { ChannelType } from './kind.ts'
import { UrlMistake } from './url.ts'

/** A push service takes 4096 bytes, of which encryption needs some 100. Titles are cut by the system anyway. */
const longestTitle = 300
const longestBody = 2000
/** Seconds for which the push service keeps a message for a browser that is off. */
const kept = 24 * 3600
const urgencies = { critical: 'high', warning: 'high', info: 'normal' } as const

/** A subscription's key is a point of P-256, its secret has 16 bytes; both in base64url. */
const keyPattern = /^B[\w-]{86}$/
const authPattern = /^[\w-]{22}$/

/**
 * The browser of a person, through the push service of its maker (Web Push, RFC 8030, 8291 and 8292). The browser makes the
 * address and the keys when a person subscribes on the page; the service cannot read the messages.
 */
export const browser: ChannelType = {
  kind: 'browser',
  schemes: ['webpush'],
  parameters: ['endpoint', 'p256dh', 'auth'],
  budget: null,
  form: {
    title: localized('A browser', '瀏覽器'),
    steps: [],
    isOfBrowser: true,
    fields: [
      {
        name: 'endpoint',
        label: localized('Address of the subscription', '訂閱的位址'),
        isSecret: true,
        isRight: isEndpoint,
      },
      { name: 'p256dh', label: localized('Key', '金鑰'), isSecret: true, isRight: (value) => keyPattern.test(value) },
      { name: 'auth', label: localized('Secret', '密鑰'), isSecret: true, isRight: (value) => authPattern.test(value) },
    ],
    url: ({ endpoint = '', p256dh = '', auth = '' }) => `webpush://?endpoint=${encodeURIComponent(endpoint)}&p256dh=${p256dh}&auth=${auth}`,
  },
  preview: (message, language) => {
    const { title, body, labels } = contentOf(message, language)
    return { title, text: body, html: null, buttons: message.token ? [labels.acknowledge] : [] }
  },
  parse({ url: { query }, language }) {
    const [endpoint = '', p256dh = '', auth = ''] = ['endpoint', 'p256dh', 'auth'].map((name) => query.get(name))
    if (!isEndpoint(endpoint) || !keyPattern.test(p256dh) || !authPattern.test(auth))
      throw new UrlMistake('is not the subscription of a browser: subscribe in that browser, on the page, under Notifications')
    const { host } = new URL(endpoint)
    const service = localized(`the push service ${host}`, `推播服務 ${host}`)

    return (runtime) =>
      overHttp(service, [host], async (message, http) => {
        const { vapid } = runtime
        if (vapid === undefined) throw new DeliveryError('locked-out', onlyMonitor)
        // Loaded with the first message: a house without such a channel saves its memory.
        const { default: webPush } = await import('web-push')
        const { headers, body } = webPush.generateRequestDetails(
          { endpoint, keys: { p256dh, auth } },
          JSON.stringify(contentOf(message, language)),
          { vapidDetails: vapid, TTL: kept, urgency: urgencies[message.severity] },
        )
        const answer = await http.post(endpoint, { headers: textHeaders(headers), body: new Uint8Array(body ?? []) })
        if (!isSuccess(answer)) throw http.failure(answer, meaningOf(answer))
      })(runtime)
  },
}

const onlyMonitor = localized(
  'Only the running monitor sends to browsers: its database has the key.',
  '只有執行中的監控程式能傳送到瀏覽器：金鑰在它的資料庫裡。',
)

/** HTTPS, except on this machine. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname))
}

/** The notification as the worker of the page shows it: `apps/dashboard/src/worker/push.ts`. */
function contentOf(message: Message, language: ButtonLanguage) {
  const sizeOf = (text: string) => bytes(JSON.stringify(text))
  return {
    id: message.id,
    title: fit(tidy(message.subject).replaceAll('\n', ' '), longestTitle, sizeOf),
    body: fit(belowSubject(message), longestBody, sizeOf),
    severity: message.severity,
    // Messages about one alert replace each other.
    tag: message.thread?.[0] ?? message.id,
    view: message.view ?? '',
    token: message.token ?? null,
    labels: browserWords[language],
  }
}

/** Node's `fetch` counts the length itself. */
function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length')
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

function meaningOf({ status }: Answer): [FailureKind, Localized] | undefined {
  if (status === 404 || status === 410)
    return [
      'gone',
      localized('says that the browser has ended its subscription: its channel is removed', '表示瀏覽器已取消訂閱：這個管道已移除'),
    ]
  if (status === 400 || status === 401 || status === 403)
    return [
      'locked-out',
      localized('does not accept the key of this house: subscribe again in that browser', '不接受這個家的金鑰：請在該瀏覽器重新訂閱'),
    ]
  if (status === 413) return ['refused', localized('finds the message too long', '認為訊息過長')]
  return undefined
}
