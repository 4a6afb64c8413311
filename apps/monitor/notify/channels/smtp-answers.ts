import { joinSentences, type Localized } from '../text/localized.ts'
import { DeliveryError, type FailureKind } from './channel.ts'
import { type Destination, mailWords, onOneLine } from './smtp-words.ts'

/** The error of nodemailer for a failed mail. */
export interface MailError extends Error {
  code?: string
  /** The SMTP command that failed. */
  command?: string
  responseCode?: number
  response?: string
  /** True if the server rejected it permanently. */
  permanent?: boolean
  originalCode?: string
  timeoutType?: string
}

/** Replies to MAIL FROM that do not depend on the recipient. */
const senderRefused = [501, 530, 550, 553, 554]

type Words = ReturnType<typeof mailWords>

/** The meaning of a failure for this mail and for the channel, and the reason. */
export function explain(error: MailError, destination: Destination): DeliveryError {
  const isReply = error.responseCode !== undefined && error.code !== 'ETLS'
  const words = mailWords(destination)
  const [kind, why] = isReply ? answered(error, words) : withoutReply(error, words)
  return new DeliveryError(kind, onOneLine(why), { cause: error })
}

/** A failure with a reply of the server. */
function answered({ code, command, responseCode = 0, permanent, response }: MailError, words: Words): [FailureKind, Localized] {
  const [kind, why] = meaningOf()
  return [kind, joinSentences(why, words.reply(`${response}`))]

  function meaningOf(): [FailureKind, Localized] {
    if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530)
      // 4xx codes such as 454 are a problem of the server, not of the password.
      return responseCode < 500 ? ['unreachable', words.noCheck] : ['locked-out', words.lockedOut]
    if (command === 'MAIL FROM' && senderRefused.includes(responseCode)) return ['locked-out', words.sender]
    const ofThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'
    // In place of the greeting, for a command that is not about this mail, or 421: the server accepts no mail at all.
    if (command === 'CONN' || responseCode === 421 || !ofThisMail) return ['unreachable', words.unavailable]
    return permanent === true ? ['refused', words.refused] : ['later', words.notNow]
  }
}

function withoutReply({ code, command, originalCode = '', timeoutType, message }: MailError, words: Words): [FailureKind, Localized] {
  if (code === 'EDNS') return ['unreachable', words.hostUnknown]
  if (code === 'ENOAUTH') return ['locked-out', words.noPassword]
  if (originalCode === 'ECONNREFUSED') return ['unreachable', words.connectionRefused]
  if (timeoutType === 'CONNECT_TIMEOUT') return ['unreachable', words.outOfReach]
  if (timeoutType === 'GREETING_TIMEOUT') return ['unreachable', words.noGreeting]
  if (originalCode.startsWith('ERR_SSL_')) return ['unreachable', words.noTlsAtOnce]
  if (/CERT|SIGNATURE|ALTNAME/.test(originalCode)) return ['unreachable', words.certificate(message)]
  if (code === 'ETLS') return ['unreachable', words.noTls(message)]
  if (code === 'EENVELOPE') return ['refused', words.noAddress(message)]
  if (code === 'ETIMEDOUT' || code === 'EABORT') return ['later', words.stopped]
  if (code === 'ECONNECTION' && command !== undefined) return ['later', words.broke]
  // Closed before the greeting.
  if (code === 'ECONNECTION') return ['unreachable', words.closes]
  if (originalCode === 'ECONNRESET' || originalCode === 'EPIPE') return ['later', words.broke]
  if (code === 'ESOCKET') return ['unreachable', words.noConnection(message)]
  return ['later', words.other(message)]
}
