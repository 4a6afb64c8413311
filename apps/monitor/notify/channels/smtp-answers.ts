import { joinSentences, type Localized } from '../text/localized.ts'
import { DeliveryError, type FailureKind } from './channel.ts'
import { type Destination, mailWords, onOneLine } from './smtp-words.ts'

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

type Words = ReturnType<typeof mailWords>

/** What a failure means for the mail and for those after it, and in plain words why. */
export function explain(error: MailError, destination: Destination): DeliveryError {
  const spoken = error.responseCode !== undefined && error.code !== 'ETLS'
  const words = mailWords(destination)
  const [kind, why] = spoken ? answered(error, words) : withoutAnswer(error, words)
  return new DeliveryError(kind, onOneLine(why), { cause: error })
}

/** The server has spoken. */
function answered({ code, command, responseCode = 0, permanent, response }: MailError, words: Words): [FailureKind, Localized] {
  const [kind, why] = meaningOf()
  return [kind, joinSentences(why, words.itSaid(`${response}`))]

  function meaningOf(): [FailureKind, Localized] {
    if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530)
      // 454 and the like: its own trouble, not our password.
      return responseCode < 500 ? ['unreachable', words.noCheck] : ['locked-out', words.lockedOut]
    if (command === 'MAIL FROM' && senderRefused.includes(responseCode)) return ['locked-out', words.sender]
    const ofThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'
    // Instead of a greeting, to a command that is not about this mail, or 421 to any: it is closed to every mail.
    if (command === 'CONN' || responseCode === 421 || !ofThisMail) return ['unreachable', words.away]
    return permanent === true ? ['refused', words.refused] : ['later', words.notNow]
  }
}

function withoutAnswer({ code, command, originalCode = '', timeoutType, message }: MailError, words: Words): [FailureKind, Localized] {
  if (code === 'EDNS') return ['unreachable', words.unknown]
  if (code === 'ENOAUTH') return ['locked-out', words.noPassword]
  if (originalCode === 'ECONNREFUSED') return ['unreachable', words.nobody]
  if (timeoutType === 'CONNECT_TIMEOUT') return ['unreachable', words.outOfReach]
  if (timeoutType === 'GREETING_TIMEOUT') return ['unreachable', words.noGreeting]
  if (originalCode.startsWith('ERR_SSL_')) return ['unreachable', words.noTlsAtOnce]
  if (/CERT|SIGNATURE|ALTNAME/.test(originalCode)) return ['unreachable', words.certificate(message)]
  if (code === 'ETLS') return ['unreachable', words.noTls(message)]
  if (code === 'EENVELOPE') return ['refused', words.noAddress(message)]
  if (code === 'ETIMEDOUT' || code === 'EABORT') return ['later', words.stopped]
  if (code === 'ECONNECTION' && command !== undefined) return ['later', words.broke]
  // Before any greeting, again and again.
  if (code === 'ECONNECTION') return ['unreachable', words.closes]
  if (originalCode === 'ECONNRESET' || originalCode === 'EPIPE') return ['later', words.broke]
  if (code === 'ESOCKET') return ['unreachable', words.noConnection(message)]
  return ['later', words.unsaid(message)]
}
