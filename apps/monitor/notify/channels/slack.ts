import { type Localized, localized } from '../text/localized.ts'
import { type ButtonLanguage, buttonsOf, chatPreview } from './buttons.ts'
import type { FailureKind, Message } from './channel.ts'
import { chatText, fit, tidy } from './fit.ts'
import { apiField, withApi } from './form.ts'
import { isSuccess, overHttp } from './http.ts'
import { apiOf, type ChannelType } from './kind.ts'
import { UrlMistake } from './url.ts'

/** Slack cuts messages after 4000 characters. */
const longest = 3500
const longestPreview = 300
const addressPattern = /^https:\/\/hooks\.slack\.com\/services\/(T\w+\/B\w+\/\w{10,})\/?$/

/**
 * A Slack incoming webhook: `slack://T…/B…/token`, the last three parts of its address.
 * Format: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 */
export const slack: ChannelType = {
  kind: 'slack',
  schemes: ['slack'],
  parameters: ['api'],
  budget: null,
  form: {
    title: localized('Slack', 'Slack'),
    steps: [
      {
        text: localized(
          'At https://api.slack.com/apps: Create an app, Incoming webhooks, Add to workspace, copy the webhook URL.',
          '在 https://api.slack.com/apps：Create an app → Incoming Webhooks → Add to Workspace，然後複製 Webhook URL。',
        ),
      },
    ],
    fields: [
      {
        name: 'webhook',
        label: localized('Webhook URL', 'Webhook URL'),
        example: 'https://hooks.slack.com/services/T…/B…/…',
        isSecret: true,
        isRight: (value) => addressPattern.test(value),
      },
      apiField,
    ],
    url({ webhook = '', ...rest }) {
      const [, path = ''] = addressPattern.exec(webhook) ?? []
      return `slack://${path}${withApi(rest)}`
    },
  },
  preview: (message, language) => chatPreview(message, language, longest),
  parse({ url, language }) {
    const parts = [url.host, ...url.path]
    const [team = '', hook = '', token = ''] = parts
    if (parts.length !== 3 || !/^T\w+$/.test(team) || !/^B\w+$/.test(hook) || !/^\w{10,}$/.test(token))
      throw new UrlMistake('needs the last three parts of the webhook’s address: slack://T…/B…/token')
    const address = `${apiOf(url, 'https://hooks.slack.com')}/services/${team}/${hook}/${token}`

    return overHttp('Slack', [`${team}/${hook}`], async (message, http) => {
      const answer = await http.postJson(address, messageOf(message, language))
      if (!isSuccess(answer)) throw http.failure(answer, meaningOf(answer.status))
    })
  },
}

/** Slack interprets no mentions or formatting in rich text, but does so in `text`, which is the preview. */
function messageOf(message: Message, language: ButtonLanguage) {
  const { open, acknowledge } = buttonsOf(message, language)
  const links = [acknowledge, open].filter((button) => button !== null)
  const section = (elements: object[]) => ({ type: 'rich_text_section', elements })
  return {
    text: escaped(fit(tidy(message.subject), longestPreview)),
    blocks: [
      {
        type: 'rich_text',
        elements: [
          section([{ type: 'text', text: fit(chatText(message), longest) }]),
          ...links.map(({ label, address }) =>
            section([
              { type: 'text', text: '\n' },
              { type: 'link', url: address, text: label },
            ]),
          ),
        ],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  }
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

/** https://docs.slack.dev/changelog/2016/05/17/changes-to-errors-for-incoming-webhooks */
function meaningOf(status: number): [FailureKind, Localized] | undefined {
  if (status === 403)
    return [
      'locked-out',
      localized('does not allow the webhook in the settings to post to its channel', '不允許設定中的 webhook 在它的頻道傳送訊息'),
    ]
  if (status === 404)
    return [
      'locked-out',
      localized('does not know the webhook in the settings, or its channel no longer exists', '不認得設定中的 webhook，或它的頻道已不存在'),
    ]
  if (status === 410)
    return ['locked-out', localized('has archived the channel of the webhook in the settings', '已封存設定中 webhook 的頻道')]
  return undefined
}
