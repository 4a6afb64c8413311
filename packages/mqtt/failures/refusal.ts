import type { Address } from '../settings/address.ts'
import { failureOf } from './failures.ts'
import { prefixed, type Reason, untranslated } from './reason.ts'
import { unauthorised, wordsOf } from './reason-codes.ts'

/** True if the broker refused our CONNECT with a code. */
export function isRefusal(error: unknown): boolean {
  return typeof codeOf(error) === 'number'
}

/**
 * The reason why there is no connection.
 * @param error last error before the connection ended; undefined for a close without an error
 * @param accepted true if the broker had accepted the connection
 */
export function explain(error: unknown, accepted: boolean, address: Address): Reason {
  const code = codeOf(error)
  return prefixed(
    address.hostPort,
    typeof code === 'number' ? explainRefused(code, address) : failureOf(error, code, accepted, address.secure),
  )
}

function explainRefused(code: number, { options }: Address): Reason {
  const words = wordsOf(code)
  // Mosquitto has this code for a wrong password too, and AWS IoT Core for a will that the client may not publish.
  const hint = !unauthorised.includes(code) ? untranslated('') : options.username === undefined ? nameless : wrongPassword
  return {
    en: `the broker refused us: ${words.en}${hint.en}`,
    'zh-TW': `broker 拒絕連線：${words['zh-TW']}${hint['zh-TW']}`,
  }
}

const wrongPassword: Reason = { en: '; user name and password may be wrong', 'zh-TW': '；使用者名稱或密碼可能有誤' }
const nameless: Reason = {
  en: '; a user name, a certificate or the right to publish our will may be missing',
  'zh-TW': '；可能缺少使用者名稱、憑證，或發布遺囑訊息的權限',
}

/** The reason in a DISCONNECT of the broker, which MQTT 3.1.1 does not have. @param text of the broker itself */
export function explainClosed(code: number, text: string | undefined, address: Address): Reason {
  const words = wordsOf(code)
  const added = text === undefined ? '' : ` (${text})`
  return prefixed(address.hostPort, {
    en: `the broker closed the connection: ${words.en}${added}`,
    'zh-TW': `broker 關閉了連線：${words['zh-TW']}${added}`,
  })
}

/** The reason if the broker closes the connection before it has answered a subscription, and sends none. */
export function explainUnsubscribed(address: Address): Reason {
  return prefixed(address.hostPort, {
    en: 'the broker closes the connection when we subscribe: may this user read these topics?',
    'zh-TW': '我們訂閱時 broker 就關閉連線：這個使用者可以讀這些主題嗎？',
  })
}

/**
 * The reason for the state `taken`, if the broker does not send it.
 * @param losses connections that the broker has closed within ten minutes
 */
export function explainTaken(clientId: string, address: Address, losses: number): Reason {
  const how = losses > 3 ? `has closed ${losses} connections within 10 min` : 'closes the connection right away'
  const zhTW = losses > 3 ? `10 分鐘內關閉了 ${losses} 次連線` : '馬上又關閉連線'
  return prefixed(address.hostPort, {
    en: `another program seems to use our client id "${clientId}": the broker accepts us and ${how}`,
    'zh-TW': `似乎有另一個程式使用我們的 client id「${clientId}」：broker 接受連線後${zhTW}`,
  })
}

/** The reason for the state `taken`, if the broker has told it. */
export function explainTakenOver(clientId: string, address: Address): Reason {
  return prefixed(address.hostPort, {
    en: `another program uses our client id "${clientId}", and has taken the connection over`,
    'zh-TW': `另一個程式使用我們的 client id「${clientId}」，接手了連線`,
  })
}

/** True if the broker has stopped answering, so that mqtt.js closed the connection. */
export const isKeepaliveTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Keepalive timeout'

/** The code of a system error, or the number of a reason code; undefined: none. */
export function codeOf(error: unknown): string | number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}
