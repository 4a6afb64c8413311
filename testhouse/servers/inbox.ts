import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'

/** A received mail, parsed by mailparser. */
export interface Mail {
  /** With its angle brackets. */
  messageId: string
  /** Recipients of the envelope, which may differ from the headers. */
  recipients: string[]
  sender: string
  subject: string
  text: string
  /** Empty if the mail has no HTML part. */
  html: string
  parsed: ParsedMail
  /** The received bytes, as UTF-8. */
  raw: string
}

/** An SMTP answer such as `550 5.1.1 Nobody of that name`, or `silent`: no answer, or `drop`: closes the connection. */
export type Answer = string

/** Hooks for other answers. If a hook is missing or returns undefined, the server accepts. They can be changed at any time. */
export interface Answers {
  /** Instead of the greeting. */
  greeting?: (() => Answer | undefined) | undefined
  login?: ((user: string, password: string) => Answer | undefined) | undefined
  sender?: ((address: string) => Answer | undefined) | undefined
  recipient?: ((address: string) => Answer | undefined) | undefined
  /** After the final dot. A mail that is refused or dropped here is not in the inbox, unless `keep` is called. */
  mail?: ((mail: Mail, keep: () => void) => Answer | undefined | Promise<Answer | undefined>) | undefined
}

export interface Inbox {
  readonly port: number
  /** For `SMTP_URL`. */
  readonly url: string
  /** Accepted mails, in order. */
  readonly mails: Mail[]
  readonly answers: Answers
  /** Number of connections until now. */
  readonly connections: number
  /**
   * Waits for the first mail that fits and that no earlier `next` has returned.
   * @throws Error with the subjects of all mails after `within` ms (default 20,000)
   */
  next(fits?: (mail: Mail) => boolean, within?: number): Promise<Mail>
  /** Breaks all connections and stops listening; `startInbox({ port })` replaces it. */
  close(): Promise<void>
}

/** Starts an SMTP server on 127.0.0.1 that stores received mails, and fails as `answers` define. */
export async function startInbox({ port = 0, answers = {} }: { port?: number; answers?: Answers } = {}): Promise<Inbox> {
  const mails: Mail[] = []
  const returned = new Set<Mail>()
  const waiting = new Set<() => void>()
  const sockets = new Map<number, Socket>()
  let connections = 0

  function keep(mail: Mail): void {
    mails.push(mail)
    for (const look of [...waiting]) look()
  }

  function answer(given: Answer | undefined, session: SMTPServerSession, callback: (error?: Error) => void): void {
    if (given === undefined) callback()
    else if (given === 'drop') sockets.get(session.remotePort)?.destroy()
    else if (given !== 'silent') callback(Object.assign(new Error(given.slice(4)), { responseCode: Number(given.slice(0, 3)) }))
  }

  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 0,
    onConnect(session, callback) {
      connections += 1
      answer(answers.greeting?.(), session, callback)
    },
    onAuth({ username, password }, session, callback) {
      answer(answers.login?.(username ?? '', password ?? ''), session, (error) =>
        error ? callback(error) : callback(null, { user: username }),
      )
    },
    onMailFrom({ address }, session, callback) {
      answer(answers.sender?.(address), session, callback)
    },
    onRcptTo({ address }, session, callback) {
      answer(answers.recipient?.(address), session, callback)
    },
    onData(stream, session, callback) {
      const { mailFrom, rcptTo } = session.envelope
      const recipients = rcptTo.map(({ address }) => address)
      const sender = mailFrom === false ? '' : mailFrom.address
      receive(stream, recipients, sender).then(async (mail) => {
        const given = await answers.mail?.(mail, () => keep(mail))
        if (given === undefined) keep(mail)
        answer(given, session, callback)
      }, callback)
    },
  })
  // Some tests close the connection in the middle of a mail.
  server.on('error', () => {})
  server.server.on('connection', (socket) => {
    const { remotePort = 0 } = socket
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  const bound = (server.server.address() as AddressInfo).port

  return {
    port: bound,
    url: `smtp://127.0.0.1:${bound}`,
    mails,
    answers,
    get connections() {
      return connections
    },
    next(fits = () => true, within = 20_000) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const mail = mails.find((candidate) => !returned.has(candidate) && fits(candidate))
          if (mail === undefined) return
          returned.add(mail)
          clearTimeout(timer)
          waiting.delete(look)
          resolve(mail)
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`No such mail within ${within} ms; there are: ${JSON.stringify(mails.map(({ subject }) => subject))}`))
        }, within)
        waiting.add(look)
        look()
      })
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(resolve))
      for (const socket of sockets.values()) socket.destroy()
      await closed
    },
  }
}

async function receive(stream: NodeJS.ReadableStream, recipients: string[], sender: string): Promise<Mail> {
  const raw = await buffer(stream)
  const parsed = await simpleParser(raw)
  const { messageId = '', subject = '', text = '', html } = parsed
  return { messageId, recipients, sender, subject, text, html: html || '', parsed, raw: raw.toString('utf8') }
}
