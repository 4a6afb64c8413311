import { localized } from '../text/localized.ts'
import { type ButtonLanguage, buttonsOf } from './buttons.ts'
import type { Message } from './channel.ts'
import { belowSubject, bytes, fit, tidy } from './fit.ts'
import { createHttp, isYes, jsonOf } from './http.ts'
import type { ChannelType } from './kind.ts'
import { UrlMistake } from './url.ts'

const longestTitle = 200
/** ntfy makes a file of what is over 4096 bytes, and takes no JSON over twice as much. */
const longestMessage = 3000
const priorities = { critical: 5, warning: 4, info: 3 } as const
/** Shown as emojis: https://docs.ntfy.sh/emojis/ */
const tags = { critical: 'rotating_light', warning: 'warning', info: 'information_source' } as const
const relief = { priority: 3, tags: ['white_check_mark'] }

/**
 * ntfy: `ntfys://[token@ | user:password@]host[:port]/topic`; `ntfy://` without TLS; ntfy.sh where there is no host.
 * Format: https://docs.ntfy.sh/publish/#publish-as-json, https://docs.ntfy.sh/publish/#updating-deleting-notifications
 */
export const ntfy: ChannelType = {
  kind: 'ntfy',
  schemes: ['ntfy', 'ntfys'],
  parameters: [],
  budget: null,
  parse({ url, language }) {
    const { scheme, user, password, host, path } = url
    const [topic = '', ...others] = path
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic) || others.length > 0)
      throw new UrlMistake('needs one topic of up to 64 letters, digits, - and _ behind the host: ntfys://ntfy.example.org/topic')
    const place = host === '' ? 'ntfy.sh' : host
    // A topic on the open internet is a password.
    const address = `${scheme === 'ntfys' || place === 'ntfy.sh' ? 'https' : 'http'}://${place}/`
    if (!URL.canParse(address)) throw new UrlMistake('has a host that is none')
    const headers = { 'Content-Type': 'application/json', ...authorization(user, password) }

    return ({ timeout }) => {
      const http = createHttp(localized(`the ntfy server ${place}`, `ntfy 伺服器 ${place}`), timeout)
      return {
        // The topic may be a secret, and there is but one.
        recipients: [place],
        async send(message) {
          const answer = await http.post(address, { headers, body: JSON.stringify(publication(topic, message, language)) })
          if (!isYes(answer)) {
            const topicIsWrong = answer.status === 400 && [40009, 40010].includes(Number(jsonOf(answer)?.code))
            throw http.failure(
              answer,
              topicIsWrong
                ? ['locked-out', localized('does not accept the topic in the settings', '不接受設定中的主題（topic）')]
                : undefined,
            )
          }
          // A router's page, say, also answers with a yes.
          if (answer.complete && jsonOf(answer)?.event !== 'message')
            throw http.failure(answer, [
              'locked-out',
              localized('does not answer as ntfy does: something else is at that address', '的回應與 ntfy 不同：該位址是別的服務'),
            ])
        },
        close: http.close,
      }
    }
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
    // From ntfy 2.16 on a second try changes the notification that is there; before, this is ignored.
    sequence_id: message.id,
    title: fit(tidy(message.subject).replace(/\n/g, ' '), longestTitle),
    message: fit(belowSubject(message), longestMessage, bytes),
    ...(isRelief(message) ? relief : { priority: priorities[message.severity], tags: [tags[message.severity]] }),
    ...(open ? { click: open.address } : {}),
    ...(actions.length > 0 ? { actions } : {}),
  }
}

/** Nothing but that something is over. */
function isRelief({ contents }: Message): boolean {
  return contents.length > 0 && contents.every((content) => content.kind === 'alert' && content.transition === 'resolved')
}
