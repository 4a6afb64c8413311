import { type Reason, untranslated } from './reason.ts'

const reason = (en: string, zhTW: string): Reason => ({ en, 'zh-TW': zhTW })

const unknownIssuer = reason(
  "the authority of the broker's certificate is not trusted: is it the right CA file?",
  '不信任 broker 憑證的簽發機構：CA 檔案正確嗎？',
)
const noTls = reason('the server does not speak TLS: is it the right port?', '伺服器不使用 TLS：連接埠正確嗎？')
const certificateRequired = reason(
  'the broker requires a client certificate, or does not accept ours',
  'broker 要求用戶端憑證，或不接受我們的憑證',
)
const noProtocol = reason(
  'the server does not offer the protocol of MQTT_ALPN: is it the right one?',
  '伺服器不提供 MQTT_ALPN 的通訊協定：設定正確嗎？',
)
const cut = reason('the connection was cut', '連線中斷')

/** Codes of system errors and of OpenSSL. */
const failures: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: reason('no program listens on this port: is the broker running?', '這個連接埠沒有程式在接聽：broker 在執行嗎？'),
  ENOTFOUND: reason('the host name is not known', '找不到這個主機名稱'),
  EAI_AGAIN: reason('the host name cannot be looked up: is the network up?', '無法查詢主機名稱：網路正常嗎？'),
  ETIMEDOUT: reason('no answer', '沒有回應'),
  EHOSTUNREACH: reason('the host cannot be reached', '無法連到主機'),
  ENETUNREACH: reason('there is no network to reach the host', '沒有可以連到主機的網路'),
  ECONNRESET: cut,
  EPIPE: cut,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  CERT_SIGNATURE_FAILURE: unknownIssuer,
  ERR_TLS_CERT_ALTNAME_INVALID: reason("the broker's certificate is for another host name", 'broker 的憑證屬於別的主機名稱'),
  CERT_HAS_EXPIRED: reason("the broker's certificate has expired, or our clock is wrong", 'broker 的憑證已過期，或我們的時鐘不對'),
  CERT_NOT_YET_VALID: reason("the broker's certificate is not valid yet: is our clock right?", 'broker 的憑證尚未生效：我們的時鐘正確嗎？'),
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  EPROTO: noTls,
  ERR_OSSL_PEM_NO_START_LINE: reason('the CA, certificate or key file is not a PEM file', 'CA、憑證或金鑰不是 PEM 檔案'),
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: reason('the key does not belong to the certificate', '金鑰與憑證不符'),
}

/** Why a connection failed without a code of MQTT. @param accepted true if the broker had accepted it */
export function failureOf(error: unknown, code: string | number | undefined, accepted: boolean, secure: boolean): Reason {
  const message = error instanceof Error ? error.message : ''
  if (error === undefined || (code === 'ECONNRESET' && !accepted)) {
    if (accepted) return reason('the broker closed the connection', 'broker 關閉了連線')
    return secure
      ? reason(
          'closed during the TLS handshake: is it the TLS port, and does the broker require a client certificate?',
          '在 TLS 交握時被關閉：這是 TLS 連接埠嗎？broker 是否要求用戶端憑證？',
        )
      : reason('closed without an answer: is it a TLS port (mqtts://)?', '沒有回應就被關閉：這是 TLS 連接埠（mqtts://）嗎？')
  }
  if (message === 'connack timeout') return reason('no answer to CONNECT', 'CONNECT 沒有得到回應')
  if (message === 'Keepalive timeout') return reason('the broker does not answer any more', 'broker 不再回應')
  if (code === undefined) return reason(`the server does not speak MQTT (${message})`, `伺服器不使用 MQTT（${message}）`)
  // OpenSSL has one code for this and for a server without TLS.
  if (/alert no application protocol/.test(message)) return noProtocol
  const text = String(code)
  if (failures[text] !== undefined) return failures[text]
  if (/^ERR_SSL_.*ALERT/.test(text)) return certificateRequired
  return untranslated(text)
}
