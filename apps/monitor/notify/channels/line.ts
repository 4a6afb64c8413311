import { type Localized, localized } from '../text/localized.ts'
import { withLinks } from './buttons.ts'
import type { FailureKind } from './channel.ts'
import { apiField, isList, listOf, pathOf, withApi } from './form.ts'
import { type Answer, isSuccess, jsonOf, overHttp, type SendOverHttp } from './http.ts'
import { apiOf, type ChannelType, recipientsOf } from './kind.ts'
import { UrlMistake } from './url.ts'

/** https://developers.line.biz/en/reference/messaging-api/#text-message, in UTF-16 units. */
const longest = 5000
/** Messages a month of the free plan in Taiwan and Japan. */
const freePlan = 200
const alreadyAccepted = 409
const tokenPattern = /^[\x21-\x7E]{20,}$/
const idPattern = /^[UCR][0-9a-f]{32}$/

/**
 * LINE's Messaging API: `line://token@U…[/C…/R…]`, the channel access token and the ids of people, groups or rooms.
 * Format: https://developers.line.biz/en/reference/messaging-api/#send-push-message. For 24 hours LINE rejects a retry of an
 * accepted message with 409, by its retry key: https://developers.line.biz/en/docs/messaging-api/retrying-api-request/.
 */
export const line: ChannelType = {
  kind: 'line',
  schemes: ['line'],
  parameters: ['api'],
  budget: freePlan,
  form: {
    title: localized('LINE', 'LINE'),
    steps: [
      {
        text: localized(
          'Make an official account at https://manager.line.biz and switch on its Messaging API: Settings, Messaging API, Enable.',
          '在 https://manager.line.biz 建立官方帳號，並啟用 Messaging API：設定 → Messaging API → 啟用 Messaging API。',
        ),
        picture: { 'zh-TW': 'line-1.svg' },
      },
      {
        text: localized(
          'In the console at https://developers.line.biz open the tab “Messaging API” of that channel and issue a channel access token (long-lived).',
          '到 https://developers.line.biz 的主控台，開啟該頻道的「Messaging API」分頁，發行 channel access token (long-lived)。',
        ),
        picture: { 'zh-TW': 'line-2.svg' },
      },
      {
        text: localized(
          'The tab “Basic settings” shows “Your user ID”. Add the account as a friend with your phone.',
          '「Basic settings」分頁有「Your user ID」。再用手機把這個官方帳號加為好友。',
        ),
        picture: { 'zh-TW': 'line-3.svg' },
      },
    ],
    fields: [
      {
        name: 'token',
        label: localized('Channel access token (long-lived)', 'Channel access token (long-lived)'),
        isSecret: true,
        isRight: (value) => tokenPattern.test(value),
      },
      {
        name: 'to',
        label: localized('User IDs', '使用者 ID'),
        hint: localized(
          'U, C or R and 32 of 0-9 and a-f. Several, with commas between them, get a message each.',
          'U、C 或 R，後接 32 個 0-9、a-f。多個請以逗號分隔，每個都會收到訊息。',
        ),
        example: 'U0123456789abcdef0123456789abcdef',
        isRight: isList(idPattern),
      },
      apiField,
    ],
    url: ({ token = '', to = '', ...rest }) => `line://${encodeURIComponent(token)}@${pathOf(listOf(to))}${withApi(rest)}`,
  },
  preview: (message, language) => ({ title: null, text: withLinks(message, language, longest), html: null, buttons: [] }),
  parse({ url, language }) {
    const token = url.password === '' ? url.user : `${url.user}:${url.password}`
    if (!tokenPattern.test(token)) throw new UrlMistake('needs a channel access token: line://token@U…')
    const recipients = recipientsOf(
      [url.host, ...url.path].filter((id) => id !== ''),
      idPattern,
      'the id of a person, group or room is U, C or R and 32 of 0-9 and a-f',
    )
    const bot = `${apiOf(url, 'https://api.line.me')}/v2/bot`
    const address = `${bot}/message/push`
    const headers = { Authorization: `Bearer ${token}` }

    const send: SendOverHttp = async (message, http) => {
      const answer = await http.postJson(
        address,
        {
          to: message.recipient,
          messages: [{ type: 'text', text: withLinks(message, language, longest) }],
          notificationDisabled: message.severity === 'info',
        },
        { ...headers, 'X-Line-Retry-Key': message.id },
      )
      if (!isSuccess(answer) && answer.status !== alreadyAccepted) throw http.failure(answer, meaningOf(answer))
    }
    // https://developers.line.biz/en/reference/messaging-api/#get-bot-info
    return overHttp('LINE', recipients, send, { address: `${bot}/info`, headers, meaningOf })
  },
}

function meaningOf(answer: Answer): [FailureKind, Localized] | undefined {
  const { status } = answer
  if (status === 400)
    return [
      'refused',
      localized(
        'does not send to this recipient, or refused the message: is the ID right, and does it belong to your own channel?',
        '不傳送給這個收件者，或拒絕了這則訊息：ID 正確嗎？是屬於你自己的頻道嗎？',
      ),
    ]
  if (status === 401)
    return ['locked-out', localized('does not accept the channel access token in the settings', '不接受設定中的 channel access token')]
  if (status === 403)
    return [
      'locked-out',
      localized('does not allow this channel to send: check its plan and its permissions', '不允許這個頻道傳送訊息：請檢查它的方案與權限'),
    ]
  if (status === 429 && /monthly limit/i.test(String(jsonOf(answer)?.message)))
    return [
      'unreachable',
      localized('sends no more messages this month: the quota of the plan is used up', '本月不再傳送訊息：方案的訊息額度已用完'),
    ]
  return undefined
}
