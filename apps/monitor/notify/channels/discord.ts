import { type Localized, localized } from '../text/localized.ts'
import { type ButtonLanguage, buttonsOf, chatPreview } from './buttons.ts'
import type { FailureKind, Message } from './channel.ts'
import { chatText, fit } from './fit.ts'
import { apiField, withApi } from './form.ts'
import { isSuccess, jsonOf, overHttp, type SendOverHttp, waitOf } from './http.ts'
import { apiOf, type ChannelType } from './kind.ts'
import { UrlMistake } from './url.ts'

const longest = 2000
const addressPattern = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d{15,25})\/([\w-]{20,})\/?$/
/** https://discord.com/developers/docs/resources/message#message-object-message-flags */
const [suppressEmbeds, suppressNotifications] = [1 << 2, 1 << 12]

/**
 * A Discord webhook: `discord://id/token`, the last two parts of its address.
 * Format: https://discord.com/developers/docs/resources/webhook#execute-webhook
 */
export const discord: ChannelType = {
  kind: 'discord',
  schemes: ['discord'],
  parameters: ['api'],
  budget: null,
  form: {
    title: localized('Discord', 'Discord'),
    steps: [
      {
        text: localized(
          'The channel’s settings, Integrations, Webhooks, New webhook, Copy webhook URL.',
          '頻道設定 → 整合 → Webhook → 新 Webhook → 複製 Webhook 網址。',
        ),
      },
    ],
    fields: [
      {
        name: 'webhook',
        label: localized('Webhook URL', 'Webhook 網址'),
        example: 'https://discord.com/api/webhooks/…/…',
        isSecret: true,
        isRight: (value) => addressPattern.test(value),
      },
      apiField,
    ],
    url({ webhook = '', ...rest }) {
      const [, id = '', token = ''] = addressPattern.exec(webhook) ?? []
      return `discord://${id}/${token}${withApi(rest)}`
    },
  },
  preview: (message, language) => chatPreview(message, language, longest),
  parse({ url, language }) {
    const [token = '', ...others] = url.path
    if (!/^\d{15,25}$/.test(url.host) || !/^[\w-]{20,}$/.test(token) || others.length > 0)
      throw new UrlMistake('needs the last two parts of the webhook’s address: discord://id/token')
    const webhook = `${apiOf(url, 'https://discord.com/api')}/webhooks/${url.host}/${token}`
    const address = `${webhook}?wait=true`

    const send: SendOverHttp = async (message, http) => {
      const answer = await http.postJson(address, {
        content: contentOf(message, language),
        username: 'Hearthwatch',
        allowed_mentions: { parse: [] },
        // No preview: an address in a text from MQTT must not be fetched.
        flags: suppressEmbeds | (message.severity === 'info' ? suppressNotifications : 0),
      })
      if (isSuccess(answer)) return
      const seconds = jsonOf(answer)?.retry_after
      const wait = typeof seconds === 'number' ? waitOf(seconds * 1000) : null
      throw http.failure(answer, meaningOf(answer.status), wait ?? answer.retryAfter)
    }
    // https://discord.com/developers/docs/resources/webhook#get-webhook-with-token
    return overHttp('Discord', [`webhook ${url.host}`], send, { address: webhook, meaningOf: ({ status }) => meaningOf(status) })
  },
}

function meaningOf(status: number): readonly [FailureKind, Localized] | undefined {
  if (![401, 403, 404].includes(status)) return undefined
  return ['locked-out', localized('does not know the webhook in the settings; it may be deleted', '不認得設定中的 webhook，它可能已被刪除')]
}

function contentOf(message: Message, language: ButtonLanguage): string {
  const { open, acknowledge } = buttonsOf(message, language)
  // The addresses are our own, but these characters would end the link.
  const links = [acknowledge, open]
    .flatMap((button) => (button ? [`[${button.label}](<${button.address.replace(/[()<>\s]/g, percent)}>)`] : []))
    .join(' · ')
  const room = links === '' ? longest : longest - links.length - 2
  const text = literally(fit(chatText(message), room, (part) => literally(part).length))
  return links === '' ? text : `${text}\n\n${links}`
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Text that Discord shows literally: no mention, no formatting, no disguised link. */
function literally(text: string): string {
  return text.replace(/[\\*_~`|<@[\]]|(?<=^ *)[#>-]|:(?=\w+:|\/\/)/gm, '\\$&')
}
