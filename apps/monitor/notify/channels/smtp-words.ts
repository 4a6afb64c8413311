import { joinSentences, type Localized, localized } from '../text/localized.ts'

/** The destination of a mail. */
export interface Destination {
  /** Host and port. */
  server: string
  recipient: string
  /** The setting or the form that names the server. */
  setting: Localized
}

/** Reasons of failed mails. `detail` is the original message of the connection or of the library. */
export function mailWords({ server, recipient, setting }: Destination) {
  const the = `The mail server ${server}`
  const zh = `郵件伺服器 ${server} `
  const isGmail = /\bg(oogle)?mail\.com/.test(server)
  return {
    reply: (answer: string) => localized(`Server reply: ${answer}`, `伺服器回應：${answer}`),

    noCheck: localized(`${the} cannot check the password now.`, `${zh}目前無法驗證密碼。`),
    lockedOut: joinSentences(
      localized(
        `${the} does not accept the user name or the password in ${setting.en}.`,
        `${zh}不接受${setting['zh-TW']}中的使用者名稱或密碼。`,
      ),
      isGmail
        ? localized(
            'Gmail requires an app password (https://myaccount.google.com/apppasswords), not the password of the account.',
            'Gmail 需要應用程式密碼（https://myaccount.google.com/apppasswords），而不是帳號的密碼。',
          )
        : localized(
            'Many providers require an app password here, not the password of the account.',
            '許多服務商在這裡需要應用程式密碼，而不是帳號的密碼。',
          ),
    ),
    noPassword: localized(
      `${the} requires a user name and a password in ${setting.en}.`,
      `${zh}要求在${setting['zh-TW']}中提供使用者名稱與密碼。`,
    ),
    sender: localized(
      `${the} does not accept the sender: set MAIL_FROM, or “From” of this channel, to an address that it allows.`,
      `${zh}不接受寄件者：請將 MAIL_FROM 或這個管道的「寄件者」設為它允許的地址。`,
    ),
    unavailable: localized(`${the} is not available now.`, `${zh}目前無法使用。`),
    refused: localized(`${the} refused the mail to ${recipient}.`, `${zh}拒絕了寄給 ${recipient} 的郵件。`),
    notNow: localized(`${the} does not accept the mail to ${recipient} now.`, `${zh}目前不接受寄給 ${recipient} 的郵件。`),

    hostUnknown: localized(
      `The mail server ${server.replace(/:\d+$/, '')} was not found: is the network up, and is its name right?`,
      `找不到郵件伺服器 ${server.replace(/:\d+$/, '')}：網路正常嗎？名稱正確嗎？`,
    ),
    connectionRefused: localized(
      `${the} refused the connection: is it running, and is the port right?`,
      `${zh}拒絕連線：郵件伺服器有在執行嗎？連接埠正確嗎？`,
    ),
    outOfReach: localized(`${the} cannot be reached: it did not answer.`, `無法連線到${zh.trimEnd()}：沒有回應。`),
    noGreeting: localized(
      `${the} accepted the connection but sent no greeting: should smtp:// be smtps://?`,
      `${zh}接受了連線，卻沒有回應：是否應將 smtp:// 改為 smtps://？`,
    ),
    noTlsAtOnce: localized(
      `${the} does not use TLS from the start: should smtps:// be smtp://?`,
      `${zh}不是一開始就使用 TLS：是否應將 smtps:// 改為 smtp://？`,
    ),
    certificate: (detail: string) =>
      localized(
        `The certificate of the mail server ${server} is not valid, so the mail was not sent: ${detail}`,
        `${zh}的憑證無效，因此未寄出郵件：${detail}`,
      ),
    noTls: (detail: string) =>
      localized(
        `${the} offers no working encryption, so the mail was not sent: ${detail}`,
        `${zh}不提供加密，或加密無法使用，因此未寄出郵件：${detail}`,
      ),
    noAddress: (detail: string) => localized(`${recipient} is not a mail address: ${detail}`, `${recipient} 不是電子郵件地址：${detail}`),
    stopped: localized(`${the} stopped responding while it received the mail.`, `${zh}在寄送途中停止回應。`),
    broke: localized(`${the} closed the connection during the mail.`, `${zh}在寄送途中中斷了連線。`),
    closes: localized(`${the} closes every connection at once.`, `${zh}每次都立刻關閉連線。`),
    noConnection: (detail: string) =>
      localized(`No connection to the mail server ${server}: ${detail}`, `無法連線到${zh.trimEnd()}：${detail}`),
    other: (detail: string) =>
      localized(`The mail could not be sent to the mail server ${server}: ${detail}`, `郵件無法交給${zh.trimEnd()}：${detail}`),
  }
}

/** The text on one line; servers reply in several. */
export function onOneLine(words: Localized): Localized {
  const line = (text: string) => text.replace(/\s+/g, ' ').trim()
  return { en: line(words.en), 'zh-TW': line(words['zh-TW']) }
}
