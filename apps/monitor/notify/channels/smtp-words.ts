import { joinSentences, type Localized, localized } from '../text/localized.ts'

/** Where a mail was to go. */
export interface Destination {
  /** Host and port. */
  server: string
  recipient: string
  /** The setting that names the server. */
  setting: string
}

/** Why a mail did not get out. `detail` is what the connection or the library said of it, in its own words. */
export function mailWords({ server, recipient, setting }: Destination) {
  const the = `The mail server ${server}`
  const zh = `郵件伺服器 ${server} `
  const isGmail = /\bg(oogle)?mail\.com/.test(server)
  return {
    itSaid: (answer: string) => localized(`It said: ${answer}`, `它的回應：${answer}`),

    noCheck: localized(`${the} cannot check the password now.`, `${zh}目前無法驗證密碼。`),
    lockedOut: joinSentences(
      localized(`${the} does not accept the user name or the password in ${setting}.`, `${zh}不接受 ${setting} 中的使用者名稱或密碼。`),
      isGmail
        ? localized(
            'Gmail wants an app password (https://myaccount.google.com/apppasswords), not that of the account.',
            'Gmail 需要應用程式密碼（https://myaccount.google.com/apppasswords），而不是帳號的密碼。',
          )
        : localized(
            'Many providers want an app password here, not that of the account.',
            '許多服務商在這裡需要應用程式密碼，而不是帳號的密碼。',
          ),
    ),
    noPassword: localized(`${the} wants a user name and a password in ${setting}.`, `${zh}需要 ${setting} 中有使用者名稱與密碼。`),
    sender: localized(
      `${the} does not accept the sender: set MAIL_FROM to an address that it allows.`,
      `${zh}不接受寄件者：請將 MAIL_FROM 設為它允許的地址。`,
    ),
    away: localized(`${the} is not available now.`, `${zh}目前無法使用。`),
    refused: localized(`${the} refused the mail to ${recipient}.`, `${zh}拒絕了寄給 ${recipient} 的郵件。`),
    notNow: localized(`${the} does not take the mail to ${recipient} now.`, `${zh}目前不接受寄給 ${recipient} 的郵件。`),

    unknown: localized(
      `The mail server ${server.replace(/:\d+$/, '')} is not known: is the network up, and its name right?`,
      `找不到郵件伺服器 ${server.replace(/:\d+$/, '')}：網路正常嗎？名稱正確嗎？`,
    ),
    nobody: localized(
      `Nothing listens at ${server}: is the mail server running, and the port right?`,
      `${server} 沒有程式在接聽：郵件伺服器在執行嗎？連接埠正確嗎？`,
    ),
    outOfReach: localized(`${the} cannot be reached: it did not answer.`, `無法連線到${zh.trimEnd()}：沒有回應。`),
    noGreeting: localized(
      `${the} took the connection and said nothing: is it smtps:// instead of smtp://?`,
      `${zh}接受了連線卻沒有回應：是否應為 smtps://，而不是 smtp://？`,
    ),
    noTlsAtOnce: localized(
      `${the} does not speak TLS from the start: is it smtp:// instead of smtps://?`,
      `${zh}不是一開始就使用 TLS：是否應為 smtp://，而不是 smtps://？`,
    ),
    certificate: (detail: string) =>
      localized(
        `The certificate of the mail server ${server} is not right, so nothing is told to it: ${detail}`,
        `${zh}的憑證有問題，因此沒有傳送任何內容：${detail}`,
      ),
    noTls: (detail: string) =>
      localized(
        `${the} offers no encryption, or none that works, so nothing is told to it: ${detail}`,
        `${zh}不提供加密，或加密無法使用，因此沒有傳送任何內容：${detail}`,
      ),
    noAddress: (detail: string) => localized(`${recipient} is not a mail address: ${detail}`, `${recipient} 不是電子郵件地址：${detail}`),
    stopped: localized(`${the} stopped answering in the middle of the mail.`, `${zh}在寄送途中停止回應。`),
    broke: localized(`${the} broke the connection.`, `${zh}中斷了連線。`),
    closes: localized(`${the} closes each connection at once.`, `${zh}每次都立刻關閉連線。`),
    noConnection: (detail: string) =>
      localized(`No connection to the mail server ${server}: ${detail}`, `無法連線到${zh.trimEnd()}：${detail}`),
    unsaid: (detail: string) =>
      localized(`The mail could not be handed to the mail server ${server}: ${detail}`, `郵件無法交給${zh.trimEnd()}：${detail}`),
  }
}

/** On one line: servers answer in several. */
export function onOneLine(words: Localized): Localized {
  const line = (text: string) => text.replace(/\s+/g, ' ').trim()
  return { en: line(words.en), 'zh-TW': line(words['zh-TW']) }
}
