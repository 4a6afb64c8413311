import { createHmac } from 'node:crypto'
import { localized } from '../text/localized.ts'
import type { Message } from './channel.ts'
import { isSuccess, overHttp } from './http.ts'
import type { ChannelType } from './kind.ts'
import { optionNames } from './options.ts'
import { UrlMistake, withoutParameters } from './url.ts'
import { eventOf, ids, type WebhookBody } from './webhook-body.ts'

const own: ReadonlySet<string> = new Set(['secret'])
/** Services with a channel type of their own, and the URL to write instead of their address. */
const others: readonly [RegExp, string][] = [
  [/^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\//, 'discord://id/token'],
  [/^https:\/\/hooks\.slack\.com\/services\//, 'slack://T…/B…/token'],
  [/^https:\/\/api\.telegram\.org\/bot/, 'tgram://bot-token/chat-id'],
  [/^https:\/\/ntfy\.sh\//, 'ntfys://ntfy.sh/topic'],
]

/**
 * A webhook of the user: `https://[secret@]host/path`, or `https://user:password@host/path?secret=…`. Sends JSON, signed as
 * in Standard Webhooks:
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhook: ChannelType = {
  kind: 'webhook',
  schemes: ['https', 'http'],
  parameters: 'any',
  budget: null,
  form: {
    title: localized('Webhook', 'Webhook'),
    steps: [
      {
        text: localized(
          'Each message is a POST with a JSON body to a program of yours: docs/channels.md describes it.',
          '每則訊息都會以 POST 傳送 JSON 給你的程式，格式請見 docs/channels.md。',
        ),
      },
    ],
    fields: [
      {
        name: 'address',
        label: localized('Address', '位址'),
        example: 'http://homeassistant.local:8123/api/webhook/…',
        // Services put their tokens in it.
        isSecret: true,
        isRight: isAddress,
      },
      {
        name: 'secret',
        label: localized('Secret of the signature', '簽章密鑰'),
        hint: localized('By it your program knows that the message is from here.', '你的程式可藉此確認訊息來自這裡。'),
        isOptional: true,
        isSecret: true,
        isRight: (value) => !value.startsWith('whsec_') || /^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(value),
      },
    ],
    url: ({ address = '', secret = '' }) =>
      secret === '' ? address : `${address}${address.includes('?') ? '&' : '?'}secret=${encodeURIComponent(secret)}`,
  },
  preview: (message) => ({ title: null, text: JSON.stringify(bodyOf(message), null, 2), html: null, buttons: [] }),
  parse({ url, text }) {
    const other = others.find(([address]) => address.test(text))
    if (other) throw new UrlMistake(`is the address of a service with a channel of its own: write ${other[1]}`)
    const address = new URL(withoutParameters(text, own))
    const { user, password } = url
    // User and password are a login; one of them alone is the secret.
    const isLogin = user !== '' && password !== ''
    const secret = url.query.get('secret') ?? (isLogin ? '' : user || password)
    const login: Record<string, string> = isLogin ? { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` } : {}
    address.username = ''
    address.password = ''
    const key = secret === '' ? null : keyOf(secret)

    return overHttp(
      localized(`the webhook at ${address.host}`, `位於 ${address.host} 的 webhook`),
      [address.host],
      async (message, http, now) => {
        const body = JSON.stringify(bodyOf(message))
        const seconds = Math.floor(now() / 1000)
        const answer = await http.post(address.href, {
          headers: {
            'Content-Type': 'application/json',
            ...login,
            'Webhook-Id': message.id,
            'Webhook-Timestamp': String(seconds),
            ...(key === null ? {} : { 'Webhook-Signature': signature(key, message.id, seconds, body) }),
          },
          body,
        })
        if (!isSuccess(answer)) throw http.failure(answer)
      },
    )
  },
}

/** True for an address that no other channel type has, and without parameters that the channel would take for its own. */
function isAddress(value: string): boolean {
  const url = /^https?:\/\/[^\s#]+$/.test(value) ? URL.parse(value) : null
  const isOwn = (name: string) => own.has(name) || optionNames.has(name)
  return url !== null && ![...url.searchParams.keys()].some(isOwn) && !others.some(([other]) => other.test(value))
}

/** Decodes `whsec_` and Base64, the notation of the specification; any other text is the key itself. */
function keyOf(secret: string): Buffer {
  if (!secret.startsWith('whsec_')) return Buffer.from(secret)
  const encoded = secret.slice('whsec_'.length)
  if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(encoded))
    throw new UrlMistake('has a secret that begins with whsec_ but does not continue in Base64')
  return Buffer.from(encoded, 'base64')
}

/** @param seconds since the epoch */
export function signature(key: Buffer, id: string, seconds: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}

function bodyOf({ id, severity, subject, text, link, acknowledge, contents, names = ids }: Message): WebhookBody {
  return { version: 1, id, severity, subject, text, link, acknowledge, events: contents.map((content) => eventOf(content, names)) }
}
