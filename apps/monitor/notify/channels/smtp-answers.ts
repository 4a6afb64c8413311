import { DeliveryError, type FailureKind } from '../channel.ts'

/** What nodemailer tells about a failed mail. */
export interface MailError extends Error {
  code?: string
  /** The SMTP command that was answered so. */
  command?: string
  responseCode?: number
  response?: string
  /** The server rejected it for good. */
  permanent?: boolean
  originalCode?: string
  timeoutType?: string
}

/** Answers to MAIL FROM that have nothing to do with who gets the mail. */
const senderRefused = [501, 530, 550, 553, 554]

/** Where a mail was to go. */
export interface Destination {
  /** Host and port. */
  server: string
  recipient: string
  /** The setting that names the server. */
  setting: string
}

/** What a failure means for the mail and for those after it, and in plain words why. */
export function explain(error: MailError, destination: Destination): DeliveryError {
  const spoken = error.responseCode !== undefined && error.code !== 'ETLS'
  const [kind, why] = spoken ? answered(error, destination) : withoutAnswer(error, destination)
  return new DeliveryError(kind, why.replace(/\s+/g, ' ').trim(), { cause: error })
}

/** The server has spoken. */
function answered(error: MailError, { server, recipient, setting }: Destination): [FailureKind, string] {
  const { code, command, responseCode = 0, permanent } = error
  const answer = `It said: ${error.response}`
  if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530) {
    // 454 and the like: its own trouble, not our password.
    if (responseCode < 500) return ['unreachable', `The mail server ${server} cannot check the password now. ${answer}`]
    return ['locked-out', `${lockedOut(server, setting)} ${answer}`]
  }
  if (command === 'MAIL FROM' && senderRefused.includes(responseCode))
    return ['locked-out', `The mail server ${server} does not accept the sender: set MAIL_FROM to an address that it allows. ${answer}`]
  const ofThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  // Instead of a greeting, to a command that is not about this mail, or 421 to any: it is closed to every mail.
  if (command === 'CONN' || responseCode === 421 || !ofThisMail)
    return ['unreachable', `The mail server ${server} is not available now. ${answer}`]
  if (permanent === true) return ['refused', `The mail server ${server} refused the mail to ${recipient}. ${answer}`]
  return ['later', `The mail server ${server} does not take the mail to ${recipient} now. ${answer}`]
}

function withoutAnswer(error: MailError, { server, recipient, setting }: Destination): [FailureKind, string] {
  const { code, command, originalCode = '', timeoutType, message } = error
  const the = `The mail server ${server}`
  if (code === 'EDNS')
    return ['unreachable', `The mail server ${server.replace(/:\d+$/, '')} is not known: is the network up, and its name right?`]
  if (code === 'ENOAUTH') return ['locked-out', `${the} wants a user name and a password in ${setting}.`]
  if (originalCode === 'ECONNREFUSED')
    return ['unreachable', `Nothing listens at ${server}: is the mail server running, and the port right?`]
  if (timeoutType === 'CONNECT_TIMEOUT') return ['unreachable', `${the} cannot be reached: it did not answer.`]
  if (timeoutType === 'GREETING_TIMEOUT')
    return ['unreachable', `${the} took the connection and said nothing: is it smtps:// instead of smtp://?`]
  if (originalCode.startsWith('ERR_SSL_'))
    return ['unreachable', `${the} does not speak TLS from the start: is it smtp:// instead of smtps://?`]
  if (/CERT|SIGNATURE|ALTNAME/.test(originalCode))
    return ['unreachable', `The certificate of the mail server ${server} is not right, so nothing is told to it: ${message}`]
  if (code === 'ETLS') return ['unreachable', `${the} offers no encryption, or none that works, so nothing is told to it: ${message}`]
  if (code === 'EENVELOPE') return ['refused', `${recipient} is not a mail address: ${message}`]
  if (code === 'ETIMEDOUT' || code === 'EABORT') return ['later', `${the} stopped answering in the middle of the mail.`]
  if (code === 'ECONNECTION' && command !== undefined) return ['later', `${the} broke the connection.`]
  // Before any greeting, again and again.
  if (code === 'ECONNECTION') return ['unreachable', `${the} closes each connection at once.`]
  if (originalCode === 'ECONNRESET' || originalCode === 'EPIPE') return ['later', `${the} broke the connection.`]
  if (code === 'ESOCKET') return ['unreachable', `No connection to the mail server ${server}: ${message}`]
  return ['later', `The mail could not be handed to the mail server ${server}: ${message}`]
}

function lockedOut(server: string, setting: string): string {
  const wrong = `The mail server ${server} does not accept the user name or the password in ${setting}.`
  if (/\bg(oogle)?mail\.com/.test(server))
    return `${wrong} Gmail wants an app password (https://myaccount.google.com/apppasswords), not that of the account.`
  return `${wrong} Many providers want an app password here, not that of the account.`
}
