import { type Localized, localized } from '../text/localized.ts'
import { withLinks } from './buttons.ts'
import type { FailureKind } from './channel.ts'
import { type Answer, isSuccess, jsonOf, overHttp } from './http.ts'
import { apiOf, type ChannelType, recipientsOf } from './kind.ts'
import { UrlMistake } from './url.ts'

/** https://developers.line.biz/en/reference/messaging-api/#text-message, in UTF-16 units. */
const longest = 5000
/** Messages a month of the free plan in Taiwan and Japan. */
const freePlan = 200
const alreadyAccepted = 409

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
  parse({ url, language }) {
    const token = url.password === '' ? url.user : `${url.user}:${url.password}`
    if (!/^[\x21-\x7E]{20,}$/.test(token)) throw new UrlMistake('needs a channel access token: line://token@U…')
    const recipients = recipientsOf(
      [url.host, ...url.path].filter((id) => id !== ''),
      /^[UCR][0-9a-f]{32}$/,
      'the id of a person, group or room is U, C or R and 32 of 0-9 and a-f',
    )
    const address = `${apiOf(url, 'https://api.line.me')}/v2/bot/message/push`

    return overHttp('LINE', recipients, async (message, http) => {
      const answer = await http.postJson(
        address,
        {
          to: message.recipient,
          messages: [{ type: 'text', text: withLinks(message, language, longest) }],
          notificationDisabled: message.severity === 'info',
        },
        { Authorization: `Bearer ${token}`, 'X-Line-Retry-Key': message.id },
      )
      if (!isSuccess(answer) && answer.status !== alreadyAccepted) throw http.failure(answer, meaningOf(answer))
    })
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
    return [
      'locked-out',
      localized('does not accept the channel access token in NOTIFY_URLS', '不接受 NOTIFY_URLS 中的 channel access token'),
    ]
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
