import { type Localized, localized } from '../text/localized.ts'
import { withLinks } from './buttons.ts'
import type { FailureKind } from './channel.ts'
import { type Answer, createHttp, isYes, jsonOf } from './http.ts'
import { apiOf, type ChannelType, recipientsOf } from './kind.ts'
import { UrlMistake } from './url.ts'

/** https://developers.line.biz/en/reference/messaging-api/#text-message, in UTF-16 units. */
const longest = 5000
/** Messages a month of the free plan in Taiwan and Japan. */
const freePlan = 200
const already = 409

/**
 * LINE's Messaging API: `line://token@U…[/C…/R…]`, the channel access token and the ids of people, groups or rooms.
 * Format: https://developers.line.biz/en/reference/messaging-api/#send-push-message; each message has a retry key, so
 * that a second try of what has been accepted is answered by 409 and not sent again
 * (https://developers.line.biz/en/docs/messaging-api/retrying-api-request/; for 24 hours).
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

    return ({ timeout }) => {
      const http = createHttp('LINE', timeout)
      return {
        recipients,
        async send(message) {
          const answer = await http.post(address, {
            headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, 'X-Line-Retry-Key': message.id },
            body: JSON.stringify({
              to: message.recipient,
              messages: [{ type: 'text', text: withLinks(message, language, longest) }],
              notificationDisabled: message.severity === 'info',
            }),
          })
          if (!isYes(answer) && answer.status !== already) throw http.failure(answer, meaningOf(answer))
        },
        close: http.close,
      }
    }
  },
}

function meaningOf(answer: Answer): [FailureKind, Localized] | undefined {
  const { status } = answer
  if (status === 400)
    return [
      'refused',
      localized(
        'does not send to this recipient, or refused the message: is the id right, and is it one of your own channel’s?',
        '不傳送給這個收件者，或拒絕了這則訊息：ID 正確嗎？是您自己頻道的嗎？',
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
      localized('does not let this channel send: look at its plan and its permissions', '不允許這個頻道傳送訊息：請檢查它的方案與權限'),
    ]
  if (status === 429 && /monthly limit/i.test(String(jsonOf(answer)?.message)))
    return [
      'unreachable',
      localized('sends nothing more this month: the messages of the plan are used up', '本月不再傳送訊息：方案的訊息則數已用完'),
    ]
  return undefined
}
