import { type Localized, localized } from '../text/localized.ts'
import { type ButtonLanguage, buttonsOf, chatPreview, withLinks } from './buttons.ts'
import type { FailureKind, Message } from './channel.ts'
import { chatText, fit } from './fit.ts'
import { apiField, isList, listOf, pathOf, withApi } from './form.ts'
import { type Answer, isSuccess, jsonOf, overHttp, type SendOverHttp, waitOf } from './http.ts'
import { apiOf, type ChannelType, recipientsOf } from './kind.ts'
import { UrlMistake } from './url.ts'

/** In UTF-16 units. */
const longest = 4096
const tokenPattern = /^\d{3,20}:[A-Za-z0-9_-]{20,100}$/
const chatPattern = /^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/

/**
 * A Telegram bot: `tgram://bot-token/chat-id[/chat-id…]`, or `@channelname` for a public channel.
 * Format: https://core.telegram.org/bots/api#sendmessage. Without a `parse_mode`, Telegram interprets no markup.
 */
export const telegram: ChannelType = {
  kind: 'telegram',
  schemes: ['tgram'],
  parameters: ['api'],
  budget: null,
  form: {
    title: localized('Telegram', 'Telegram'),
    steps: [
      { text: localized('Write /newbot to @BotFather. It answers with the token.', '傳送 /newbot 給 @BotFather，它會回覆權杖（token）。') },
      { text: localized('Write anything to your bot: a bot cannot begin.', '先傳任何訊息給你的機器人：機器人不能主動開始對話。') },
      {
        text: localized(
          'Open https://api.telegram.org/bot<token>/getUpdates and take chat.id.',
          '開啟 https://api.telegram.org/bot<token>/getUpdates，取得 chat.id。',
        ),
      },
    ],
    fields: [
      {
        name: 'token',
        label: localized('Token of the bot', '機器人的權杖'),
        example: '123456789:ABC…',
        isSecret: true,
        isRight: (value) => tokenPattern.test(value),
      },
      {
        name: 'to',
        label: localized('Chat IDs', '聊天室 ID'),
        hint: localized(
          'Numbers, or the @name of a public channel; several with commas between them',
          '數字，或公開頻道的 @名稱；多個請以逗號分隔',
        ),
        example: '123456789',
        isRight: isList(chatPattern),
      },
      apiField,
    ],
    url: ({ token = '', to = '', ...rest }) => `tgram://${encodeURIComponent(token)}/${pathOf(listOf(to))}${withApi(rest)}`,
  },
  preview: (message, language) => chatPreview(message, language, longest),
  parse({ url, language }) {
    const token = url.host
    if (!tokenPattern.test(token))
      throw new UrlMistake('needs the bot’s token, as @BotFather gives it, and a chat: tgram://123456:ABC…/chat-id')
    const recipients = recipientsOf(url.path, chatPattern, 'a chat id is a number, or the @name of a public channel')
    const bot = `${apiOf(url, 'https://api.telegram.org')}/bot${token}`
    const address = `${bot}/sendMessage`

    const send: SendOverHttp = async (message, http) => {
      const post = (body: object) => http.postJson(address, body)
      const keyboard = keyboardOf(message, language)
      let answer = await post(
        messageOf(message, keyboard ? fit(chatText(message), longest) : withLinks(message, language, longest), keyboard),
      )
      // Telegram rejects buttons with a local host name, such as `raspberrypi`.
      if (answer.status === 400 && keyboard) answer = await post(messageOf(message, withLinks(message, language, longest), null))
      if (isSuccess(answer)) return
      const { retry_after: wait, migrate_to_chat_id: moved } = parametersOf(answer)
      const seconds = typeof wait === 'number' ? waitOf(wait * 1000) : null
      throw http.failure(answer, meaningOf(answer.status, moved), seconds ?? answer.retryAfter)
    }
    // https://core.telegram.org/bots/api#getme
    return overHttp('Telegram', recipients, send, { address: `${bot}/getMe`, meaningOf: ({ status }) => meaningOf(status, undefined) })
  },
}

function keyboardOf(message: Message, language: ButtonLanguage): object | null {
  const { open, acknowledge } = buttonsOf(message, language)
  const row = [acknowledge, open].filter((button) => button !== null).map(({ label, address }) => ({ text: label, url: address }))
  return row.length === 0 ? null : { inline_keyboard: [row] }
}

function messageOf({ recipient, severity }: Message, text: string, keyboard: object | null) {
  return {
    chat_id: recipient,
    text,
    // No preview: an address in a text from MQTT must not be fetched.
    link_preview_options: { is_disabled: true },
    disable_notification: severity === 'info',
    ...(keyboard ? { reply_markup: keyboard } : {}),
  }
}

/** https://core.telegram.org/bots/api#responseparameters */
function parametersOf(answer: Answer): { retry_after?: unknown; migrate_to_chat_id?: unknown } {
  const parameters = jsonOf(answer)?.parameters
  return typeof parameters === 'object' && parameters !== null ? parameters : {}
}

function meaningOf(status: number, moved: unknown): [FailureKind, Localized] | undefined {
  if (typeof moved === 'number')
    return [
      'refused',
      localized(
        `reports that this group has a new ID: put ${Math.trunc(moved)} into the settings`,
        `表示這個群組的 ID 已變更：請在設定中填入 ${Math.trunc(moved)}`,
      ),
    ]
  if (status === 400)
    return [
      'refused',
      localized(
        'refused the message to this chat: is the chat ID right, and has someone written to the bot there?',
        '拒絕了傳給這個聊天室的訊息：聊天室的 ID 正確嗎？有人在那裡傳過訊息給機器人嗎？',
      ),
    ]
  if (status === 403)
    return [
      'refused',
      localized(
        'does not allow the bot to write to this chat: it may be blocked, removed or not started',
        '不允許機器人在這個聊天室傳送訊息：機器人可能已被封鎖、移除，或尚未啟動',
      ),
    ]
  if (status === 401 || status === 404)
    return ['locked-out', localized('does not accept the bot’s token in the settings', '不接受設定中的機器人權杖')]
  return undefined
}
