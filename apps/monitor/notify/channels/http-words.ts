import { type Localized, localized } from '../text/localized.ts'

/** Reasons of failed requests, and the meanings of HTTP statuses that the service does not document further. */
export function httpWords({ en, 'zh-TW': zh }: Localized) {
  const first = en.charAt(0).toUpperCase() + en.slice(1)
  return {
    aborted: localized(`The message to ${en} was aborted: the monitor is stopping.`, `監控程式正在停止，傳送到${zh}的訊息已中斷。`),
    timedOut: (seconds: number) => localized(`${first} did not answer within ${seconds} seconds.`, `${zh}在 ${seconds} 秒內沒有回應。`),
    hostUnknown: localized(
      `${first} was not found: is the network up, and is its host name right?`,
      `找不到${zh}：網路正常嗎？主機名稱正確嗎？`,
    ),
    connectionRefused: localized(
      `${first} refused the connection: is it running, and is the port right?`,
      `${zh}拒絕連線：服務有在執行嗎？連接埠正確嗎？`,
    ),
    outOfReach: localized(
      `${first} cannot be reached: is the network up, and is the address right?`,
      `無法連線到${zh}：網路正常嗎？位址正確嗎？`,
    ),
    certificate: (code: string) =>
      localized(
        `The certificate of ${en} is not valid, so the message was not sent (${code}).`,
        `${zh}的憑證無效，因此未傳送訊息（${code}）。`,
      ),
    noTls: localized(
      `${first} does not use TLS at this address: should https be http?`,
      `${zh}在這個位址不使用 TLS：是否應將 https 改為 http？`,
    ),
    badPort: localized(
      `The port of ${en} in the settings is reserved for another protocol.`,
      `設定中${zh}的連接埠是其他通訊協定的保留埠。`,
    ),
    broke: (code: string) =>
      localized(
        `The connection to ${en} broke before a response arrived${code === '' ? '' : ` (${code})`}.`,
        `與${zh}的連線在收到回應之前中斷了${code === '' ? '' : `（${code}）`}。`,
      ),
    /** @param why a predicate, such as `refused the message` */
    answered: (why: Localized, status: number) =>
      localized(`${first} ${why.en} (HTTP ${status}).`, `${zh}${why['zh-TW']}（HTTP ${status}）。`),
  }
}

export const answers = {
  redirected: localized(
    'redirects to another address: enter that address in the settings',
    '將請求轉址到另一個位址：請在設定中填入正確的位址',
  ),
  password: localized('does not accept the token or password in the settings', '不接受設定中的權杖或密碼'),
  notFound: localized('does not offer its service at the address in the settings', '在設定中的位址沒有提供服務'),
  notNow: localized('could not accept the message now', '目前無法接收這則訊息'),
  tooMany: localized('accepts no more messages for now', '暫時不再接收訊息'),
  unavailable: localized('is not available now', '目前無法使用'),
  refused: localized('refused the message', '拒絕了這則訊息'),
}
