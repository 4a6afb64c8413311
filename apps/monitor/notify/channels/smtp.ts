import { hostname } from 'node:os'
import { minute } from '@hearthwatch/protocol/durations'
import { createTransport } from 'nodemailer'
import parseAddresses from 'nodemailer/lib/addressparser'
import { type Localized, localized } from '../text/localized.ts'
import type { Transport } from './channel.ts'
import { isServer } from './form.ts'
import type { ChannelType } from './kind.ts'
import { explain, type MailError } from './smtp-answers.ts'
import { UrlMistake, withoutParameters } from './url.ts'

export interface MailOptions {
  /** `smtp://` or `smtps://`, with user and password. */
  url: string
  /** The sender; default: the user if it is an address, else hearthwatch@ and the name of this machine. */
  from?: string | undefined
  recipients: readonly string[]
  /** The setting or the form that has the URL, for error messages. */
  setting?: Localized
  /** ms; tests set shorter ones. */
  timeouts?: { connect: number; idle: number; total: number }
}

const own: ReadonlySet<string> = new Set(['from', 'to'])
const defaultTimeouts = { connect: 10_000, idle: 20_000, total: minute }

/** `smtp(s)://user:password@host[:port]`, with `from=` and `to=` to override `MAIL_FROM` and `MAIL_TO`. */
export const smtp: ChannelType = {
  kind: 'mail',
  schemes: ['smtp', 'smtps'],
  // Every option of nodemailer.
  parameters: 'any',
  budget: null,
  form: {
    title: localized('Mail', '電子郵件'),
    steps: [
      {
        text: localized(
          'Gmail (smtp.gmail.com) and many others want an app password here, not the password of the account: https://myaccount.google.com/apppasswords',
          'Gmail（smtp.gmail.com）與許多服務商在這裡需要「應用程式密碼」，而不是帳號的密碼：https://myaccount.google.com/apppasswords',
        ),
      },
    ],
    fields: [
      {
        name: 'server',
        label: localized('Mail server', '郵件伺服器'),
        hint: localized('Add a port if it is not the usual one: mail.example.com:2525', '連接埠不同時請一併填寫：mail.example.com:2525'),
        example: 'smtp.gmail.com',
        isServer: true,
        isRight: isServer,
      },
      {
        name: 'encryption',
        label: localized('Encryption', '加密'),
        preset: 'smtps',
        choices: [
          { value: 'smtps', label: localized('TLS from the start (port 465)', '一開始就使用 TLS（連接埠 465）') },
          { value: 'smtp', label: localized('STARTTLS (port 587)', 'STARTTLS（連接埠 587）') },
        ],
        isServer: true,
        isRight: (value) => value === 'smtps' || value === 'smtp',
      },
      {
        name: 'user',
        label: localized('User name', '使用者名稱'),
        hint: localized('Usually your mail address', '通常就是你的電子郵件地址'),
        isOptional: true,
        isRight: () => true,
      },
      { name: 'password', label: localized('Password', '密碼'), isOptional: true, isSecret: true, isRight: () => true },
      {
        name: 'to',
        label: localized('To', '收件者'),
        hint: localized('Mail addresses with commas between them', '電子郵件地址，多個請以逗號分隔'),
        example: 'ann@example.com',
        isRight: (value) => (readAddresses(value)?.length ?? 0) > 0,
      },
      {
        name: 'from',
        label: localized('From', '寄件者'),
        hint: localized('Default: the user name, if it is a mail address', '預設為使用者名稱（須為電子郵件地址）'),
        isOptional: true,
        isRight: (value) => readAddresses(value)?.length === 1,
      },
    ],
    url({ server = '', encryption = 'smtps', user = '', password = '', to = '', from = '' }) {
      const login = user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
      const query = new URLSearchParams({ to, ...(from === '' ? {} : { from }) })
      return `${encryption}://${login}${server}?${query.toString().replaceAll('+', '%20')}`
    },
  },
  preview: ({ subject, text, html }) => ({ title: subject, text, html, buttons: [] }),
  parse({ url: { query }, text, setting, mailFrom, mailTo }) {
    const to = query.get('to')
    const recipients = to === undefined ? mailTo : readAddresses(to)
    if (recipients === null) throw new UrlMistake('has a recipient in to= that is not a mail address')
    if (recipients.length === 0) throw new UrlMistake('has no recipient: set MAIL_TO, or add to=')
    const from = query.get('from')
    if (from !== undefined && readAddresses(from)?.length !== 1) throw new UrlMistake('has a sender in from= that is not a mail address')
    const options: MailOptions = { url: withoutParameters(text, own), from: from ?? mailFrom, recipients, setting }
    // nodemailer rejects more URLs than `URL` does, and checks only when a transport is created.
    createMail(options).close()
    return () => createMail(options)
  },
}

/**
 * Mail through the SMTP server of a provider; each recipient gets a mail of their own.
 * @throws if the URL cannot be parsed
 */
export function createMail({
  url,
  from,
  recipients,
  setting = localized('SMTP_URL', 'SMTP_URL'),
  timeouts = defaultTimeouts,
}: MailOptions): Transport {
  const { protocol, hostname: host, port, username, password, searchParams } = new URL(url)
  if (host === '') throw new TypeError('No host in the URL')
  const server = `${host}:${port || (protocol === 'smtps:' ? 465 : 587)}`
  const sender = senderOf(from, decodeURIComponent(username))
  const domain = sender.address.slice(sender.address.lastIndexOf('@') + 1)
  const messageId = (id: string) => `<${id}@${domain}>`
  const transport = createTransport({
    pool: true,
    url,
    maxConnections: 1,
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.connect,
    socketTimeout: timeouts.idle,
    // nodemailer would read a text given as {path} or {href} from there; ours never is.
    disableFileAccess: true,
    disableUrlAccess: true,
    // Requires TLS for passwords, so that an attacker on the network cannot switch it off.
    ...(password !== '' && !isLocal(host) && !searchParams.has('requireTLS') && !searchParams.has('ignoreTLS') ? { requireTLS: true } : {}),
  })
  // Errors of idle connections; the next mail opens a new one.
  transport.on('error', () => {})

  return {
    recipients,
    server,
    async send({ id, recipient, severity, subject, text, html, thread = [] }) {
      try {
        await transport.sendMail({
          from: sender,
          to: addressOf(recipient),
          messageId: messageId(id),
          // Mail programs show the reminders and the end of an alert as answers to its first mail.
          ...(thread.length > 0 ? { inReplyTo: messageId(thread[0] as string), references: thread.map(messageId) } : {}),
          subject,
          text,
          html,
          priority: severity === 'critical' ? 'high' : 'normal',
          // Suppresses out-of-office replies.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
          signal: AbortSignal.timeout(timeouts.total),
        })
      } catch (error) {
        throw explain(error as MailError, { server, recipient, setting })
      }
    },
    async check() {
      const recipient = recipients[0] ?? ''
      try {
        // Connects and logs in, on a connection of its own.
        await transport.verify()
      } catch (error) {
        throw explain(error as MailError, { server, recipient, setting })
      }
    },
    close() {
      transport.close({ force: true })
    },
  }
}

function senderOf(from: string | undefined, user: string): Address {
  const given = addressOf(from ?? (user.includes('@') ? user : `hearthwatch@${hostname().replace(/[^a-zA-Z0-9.-]/g, '-') || 'localhost'}`))
  return { name: given.name || 'Hearthwatch', address: given.address }
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host)
}

interface Address {
  name: string
  address: string
}

// The parser takes what it cannot place for a part of the address or of the name.
const isAddress = (text: string) => /^[^\s@<>(),;:"\\，、；]+@[^\s@<>(),;:"\\/，、；]+$/u.test(text)

/**
 * Reads mail addresses that are separated by commas or semicolons, with or without names: `Ann <ann@example.org>`.
 * @returns each once, in the form that `addressOf` reads; null if something is left over that is no address
 */
export function readAddresses(list: string): string[] | null {
  const found = parseAddresses(list, { flatten: true })
  if (!found.every(({ address, name }) => isAddress(address) && !name.includes('@'))) return null
  return [...new Set(found.map(({ address, name }) => (name === '' ? address : `${quoted(name)} <${address}>`)))]
}

/** Parses `Ann <ann@example.org>`, so that a name cannot become a second address. */
function addressOf(text: string): Address {
  const [found] = parseAddresses(text, { flatten: true })
  return found?.address ? { name: found.name, address: found.address } : { name: '', address: text }
}

const quoted = (name: string) => (/^[\p{L}\p{M}\p{N} '-]+$/u.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`)
