import { parseEnvFile, readEnv, type Setting } from '@hearthwatch/settings'
import { toHost } from '../broker/hostnames.ts'
import type { Person } from '../terminal.ts'
import { askFor } from './questions.ts'
import type { InterviewWords } from './words.ts'

/** The answers about mail. */
export interface MailAnswers {
  /** Empty: no mail. */
  server: string
  user: string
  password: string
  recipients: string
  sender: string
}

const empty: MailAnswers = { server: '', user: '', password: '', recipients: '', sender: '' }

/** True if no mail server is named in the text of `.env`. `SMTP_URL=` is the answer "none" of an earlier run. */
export function isMailOpen(env: string): boolean {
  const { SMTP_URL, SMTP_URL_FILE } = parseEnvFile(env).variables
  return SMTP_URL === undefined && !SMTP_URL_FILE
}

/** Asks for the mail server and its recipients. @param env the text of `.env`, whose MAIL_TO and MAIL_FROM stay */
export async function askForMail(person: Person, words: InterviewWords, env: string, before: MailAnswers = empty): Promise<MailAnswers> {
  const given = readEnv(env)
  const server = await askFor(person, words.mailServer, before.server, (answer) =>
    answer === '' || serverOf(answer) !== undefined ? undefined : words.notAServer(answer),
  )
  const url = serverOf(server)
  if (url === undefined) return empty
  const hasLogin = url.username !== ''
  const user = hasLogin ? '' : await askFor(person, words.user, before.user)
  const isSame = user !== '' && user === before.user && before.password !== ''
  const typed = user === '' ? '' : await person.askHidden(isSame ? words.samePassword : words.password)
  const login = hasLogin ? decodeURIComponent(url.username) : user
  const address = isAddress(login) ? login : ''
  const recipients =
    given.MAIL_TO ??
    (await askFor(person, words.recipients, before.recipients || address, (answer) =>
      answer.split(',').every((one) => isAddress(one.trim())) ? undefined : words.notAnAddress(answer),
    ))
  // Servers refuse the sender hearthwatch@ and this machine's name, which is the default of a login that is no address.
  const isKnown = address !== '' || given.MAIL_FROM !== undefined
  const sender = isKnown
    ? ''
    : await askFor(person, words.sender, before.sender || (recipients.split(',')[0] ?? '').trim(), (answer) =>
        isAddress(answer) ? undefined : words.notAnAddress(answer),
      )
  return { server, user, password: typed || (isSame ? before.password : ''), recipients, sender }
}

/** The settings for `.env`. Without mail it is the empty SMTP_URL, so that the question is not asked again. */
export function mailSettings({ server, user, password, recipients, sender }: MailAnswers): Setting[] {
  const url = serverOf(server)
  if (url === undefined) return [{ name: 'SMTP_URL', value: '' }]
  const login = user === '' ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`
  const text = user === '' ? url.href.replace(/\/$/, '') : `${url.protocol}//${login}${url.host}`
  const from = sender === '' ? [] : [{ name: 'MAIL_FROM', value: sender }]
  return [{ name: 'SMTP_URL', value: text }, { name: 'MAIL_TO', value: recipients }, ...from]
}

/** `smtp.gmail.com` is `smtps://smtp.gmail.com`; the ports 25, 587 and 2525 begin without TLS and change to it. */
function serverOf(text: string): URL | undefined {
  const scheme = /:(25|587|2525)$/.test(text) ? 'smtp' : 'smtps'
  const full = /^\w+:\/\//.test(text) ? text : `${scheme}://${text}`
  if (!/^smtps?:\/\/[^/?#]+\/?$/.test(full) || !URL.canParse(full)) return undefined
  const url = new URL(full)
  return toHost(url.hostname.replace(/^\[|\]$/g, '')) === undefined ? undefined : url
}

const isAddress = (text: string) => /^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\/]+$/u.test(text)
