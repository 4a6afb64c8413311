import { localized } from '../text/localized.ts'
import { type ButtonLanguage, buttonsOf } from './buttons.ts'
import type { Message } from './channel.ts'
import { belowSubject, bytes, fit, tidy } from './fit.ts'
import { isSuccess, jsonOf, overHttp, type SendOverHttp } from './http.ts'
import type { ChannelType } from './kind.ts'
import { UrlMistake } from './url.ts'

const topicPattern = /^[-_A-Za-z0-9]{1,64}$/
const longestTitle = 200
/** ntfy turns a text of more than 4096 bytes into a file, and rejects JSON of more than twice that. */
const longestMessage = 3000
const priorities = { critical: 5, warning: 4, info: 3 } as const
/** Shown as emojis: https://docs.ntfy.sh/emojis/ */
const tags = { critical: 'rotating_light', warning: 'warning', info: 'information_source' } as const
const resolvedOnly = { priority: 3, tags: ['white_check_mark'] }

/**
 * ntfy: `ntfys://[token@ | user:password@]host[:port]/topic`; `ntfy://` without TLS; ntfy.sh if the host is empty.
 * Format: https://docs.ntfy.sh/publish/#publish-as-json, https://docs.ntfy.sh/publish/#updating-deleting-notifications
 */
export const ntfy: ChannelType = {
  kind: 'ntfy',
  schemes: ['ntfy', 'ntfys'],
  parameters: [],
  budget: null,
  form: {
    title: localized('ntfy', 'ntfy'),
    steps: [
      {
        text: localized(
          'Install the app ntfy on your phone and subscribe to a topic that cannot be guessed: any person who knows it can read it.',
          '在手機上安裝 ntfy 應用程式，並訂閱一個別人猜不到的主題（topic）：知道主題名稱的人都能讀取。',
        ),
      },
      {
        text: localized(
          'Enter the same topic here. A server of your own may need a token (ntfy token add).',
          '在這裡填入相同的主題。自架的伺服器可能需要權杖（ntfy token add）。',
        ),
      },
    ],
    fields: [
      {
        name: 'server',
        label: localized('Server', '伺服器'),
        preset: 'https://ntfy.sh',
        example: 'https://ntfy.sh',
        isServer: true,
        isRight: (value) => /^https?:\/\/[^\s/@?#]+\/?$/.test(value) && URL.canParse(value),
      },
      {
        name: 'topic',
        label: localized('Topic', '主題（topic）'),
        hint: localized('Up to 64 letters, digits, - and _', '最多 64 個英文字母、數字、- 與 _'),
        example: 'house-7XqK2m',
        isSecret: true,
        isRight: (value) => topicPattern.test(value),
      },
      { name: 'token', label: localized('Token', '權杖（token）'), example: 'tk_…', isOptional: true, isSecret: true, isRight: () => true },
    ],
    url({ server = '', topic = '', token = '' }) {
      const { protocol, host } = new URL(server)
      return `${protocol === 'https:' ? 'ntfys' : 'ntfy'}://${token === '' ? '' : `${encodeURIComponent(token)}@`}${host}/${topic}`
    },
  },
  preview: (message, language) => {
    const { title, message: text, actions } = publication('', message, language)
    return { title, text, html: null, buttons: actions?.map(({ label }) => label) ?? [] }
  },
  parse({ url, language }) {
    const { scheme, user, password, host, path } = url
    const [topic = '', ...others] = path
    if (!topicPattern.test(topic) || others.length > 0)
      throw new UrlMistake('needs one topic of up to 64 letters, digits, - and _ after the host: ntfys://ntfy.example.org/topic')
    const server = host === '' ? 'ntfy.sh' : host
    // On a public server the topic serves as a password, so TLS is required.
    const address = `${scheme === 'ntfys' || server === 'ntfy.sh' ? 'https' : 'http'}://${server}/`
    if (!URL.canParse(address)) throw new UrlMistake('has an invalid host')
    const headers = authorization(user, password)

    // The topic may be a secret, so it is not shown.
    const service = localized(`the ntfy server ${server}`, `ntfy 伺服器 ${server}`)
    const send: SendOverHttp = async (message, http) => {
      const answer = await http.postJson(address, publication(topic, message, language), headers)
      if (!isSuccess(answer)) {
        const topicIsWrong = answer.status === 400 && [40009, 40010].includes(Number(jsonOf(answer)?.code))
        throw http.failure(
          answer,
          topicIsWrong ? ['locked-out', localized('does not accept the topic in the settings', '不接受設定中的主題（topic）')] : undefined,
        )
      }
      // Another server at this address, such as a router's page, may also answer 200.
      if (answer.complete && jsonOf(answer)?.event !== 'message')
        throw http.failure(answer, [
          'locked-out',
          localized('does not respond like ntfy: another service is at this address', '的回應與 ntfy 不同：該位址是別的服務'),
        ])
    }
    // https://docs.ntfy.sh/subscribe/api: anonymous users have an account too, and wrong credentials are refused.
    return overHttp(service, [server], send, { address: `${address}v1/account`, headers })
  },
}

function authorization(user: string, password: string): Record<string, string> {
  if (user === '' && password === '') return {}
  if (user === '' || password === '') return { Authorization: `Bearer ${user || password}` }
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

function publication(topic: string, message: Message, language: ButtonLanguage) {
  const { open, acknowledge } = buttonsOf(message, language)
  const actions = [
    ...(acknowledge ? [{ action: 'http', label: acknowledge.label, url: acknowledge.address, method: 'POST', clear: true }] : []),
    ...(open ? [{ action: 'view', label: open.label, url: open.address }] : []),
  ]
  return {
    topic,
    // Since ntfy 2.16 a retry replaces the notification; older versions ignore this.
    sequence_id: message.id,
    title: fit(tidy(message.subject).replace(/\n/g, ' '), longestTitle),
    message: fit(belowSubject(message), longestMessage, bytes),
    ...(isResolvedOnly(message) ? resolvedOnly : { priority: priorities[message.severity], tags: [tags[message.severity]] }),
    ...(open ? { click: open.address } : {}),
    ...(actions.length > 0 ? { actions } : {}),
  }
}

/** True if the message reports only resolved alerts. */
function isResolvedOnly({ contents }: Message): boolean {
  return (
    contents.length > 0 &&
    contents.every((content) => content.kind === 'alert' && content.transition === 'resolved' && !content.alert.ended)
  )
}
