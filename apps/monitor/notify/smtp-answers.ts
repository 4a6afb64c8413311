import { DeliveryError, type FailureKind } from './channel.ts'

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

/** What a failure means for the mail and for those after it, and in plain words why. */
export function explain(error: MailError, server: string, recipient: string): DeliveryError {
  const [kind, why] = read(error, server, recipient)
  return new DeliveryError(kind, why, { cause: error })
}

function read(error: MailError, server: string, recipient: string): [FailureKind, string] {
  const { code, responseCode, originalCode, timeoutType } = error
  const answer = error.response === undefined ? '' : ` It said: ${error.response}`
  const host = server.replace(/:\d+$/, '')

  if (code === 'EDNS') return ['unreachable', `The mail server ${host} is not known: is the network up, and its name right?`]
  if (originalCode === 'ECONNREFUSED')
    return ['unreachable', `Nothing listens at the mail server ${server}: is it running, and the port right?`]
  if (timeoutType === 'CONNECT_TIMEOUT') return ['unreachable', `The mail server ${server} cannot be reached: it did not answer.`]
  if (timeoutType === 'GREETING_TIMEOUT')
    return [
      'unreachable',
      `The mail server ${server} took the connection and said nothing: is it smtps:// instead of smtp://, or the other way round?`,
    ]
  if (code === 'ETLS')
    return [
      'unreachable',
      `No safe connection to the mail server ${server}: ${error.message}. Its certificate or its encryption is not right.`,
    ]
  if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530) {
    // 454 and the like: its own trouble, not our password.
    if (responseCode !== undefined && responseCode < 500)
      return ['unreachable', `The mail server ${server} cannot check the password now.${answer}`]
    return ['locked-out', `${lockedOut(server)}${answer}`]
  }
  if (error.command === 'MAIL FROM' && responseCode !== undefined && senderRefused.includes(responseCode))
    return ['locked-out', `The mail server ${server} does not accept the sender: set MAIL_FROM to an address that it allows.${answer}`]
  // Whatever the command was: the server closes the connection for everybody.
  if (responseCode === 421 || (error.command === 'CONN' && responseCode !== undefined))
    return ['unreachable', `The mail server ${server} is not available now.${answer}`]
  if (error.permanent === true) return ['refused', `The mail server ${server} refused the mail to ${recipient}.${answer}`]
  if (responseCode !== undefined) return ['later', `The mail server ${server} does not take the mail to ${recipient} now.${answer}`]
  if (code === 'EENVELOPE') return ['refused', `${recipient} is not a mail address: ${error.message}`]
  if (originalCode === 'ECONNRESET' || code === 'ECONNECTION') return ['later', `The mail server ${server} broke the connection.`]
  if (code === 'ETIMEDOUT' || code === 'EABORT') return ['later', `The mail server ${server} stopped answering in the middle of the mail.`]
  if (code === 'ESOCKET') return ['unreachable', `No connection to the mail server ${server}: ${error.message}`]
  return ['later', `The mail could not be handed to ${server}: ${error.message}`]
}

function lockedOut(server: string): string {
  const wrong = `The mail server ${server} does not accept the user name or the password in SMTP_URL.`
  if (/\bg(oogle)?mail\.com/.test(server))
    return `${wrong} Gmail wants an app password (https://myaccount.google.com/apppasswords), not that of the account.`
  return `${wrong} Many providers want an app password here, not that of the account.`
}
