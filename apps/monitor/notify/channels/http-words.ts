import { type Localized, localized } from '../text/localized.ts'

/** What may go wrong on the way to a service, and what its answers mean where it says no more than HTTP does. */
export function httpWords({ en, 'zh-TW': zh }: Localized) {
  const first = en.charAt(0).toUpperCase() + en.slice(1)
  return {
    brokenOff: localized(
      `What was on its way to ${en} was broken off: the monitor ends.`,
      `正要傳送到${zh}的訊息中斷了：監控程式即將結束。`,
    ),
    noTime: (seconds: number) => localized(`${first} did not answer within ${seconds} seconds.`, `${zh}在 ${seconds} 秒內沒有回應。`),
    unknown: localized(
      `${first} is not known by its name: is the network up, and the name right?`,
      `找不到${zh}：網路正常嗎？名稱正確嗎？`,
    ),
    nobody: localized(
      `Nothing listens where ${en} should be: is it running, and the port right?`,
      `沒有程式在${zh}的位址接聽：它在執行嗎？連接埠正確嗎？`,
    ),
    outOfReach: localized(
      `${first} cannot be reached: is the network up, and the address right?`,
      `無法連線到${zh}：網路正常嗎？位址正確嗎？`,
    ),
    certificate: (code: string) =>
      localized(
        `The certificate of ${en} is not right, so nothing is told to it (${code}).`,
        `${zh}的憑證有問題，因此沒有傳送任何內容（${code}）。`,
      ),
    noTls: localized(
      `${first} does not speak TLS there: is it http instead of https?`,
      `${zh}在那裡不使用 TLS：是否應為 http，而不是 https？`,
    ),
    badPort: localized(`The port of ${en} in the settings is one that nobody may send to.`, `設定中${zh}的連接埠不允許傳送。`),
    broke: (code: string) =>
      localized(
        `The connection to ${en} broke before there was an answer${code === '' ? '' : ` (${code})`}.`,
        `與${zh}的連線在收到回應之前中斷了${code === '' ? '' : `（${code}）`}。`,
      ),
    /** @param why what the service does, without saying who */
    answered: (why: Localized, status: number) =>
      localized(`${first} ${why.en} (HTTP ${status}).`, `${zh}${why['zh-TW']}（HTTP ${status}）。`),
  }
}

export const answers = {
  elsewhere: localized(
    'sends us to another address, where nothing is sent: put the right one into the settings',
    '要求改送到另一個位址，但訊息不會送往那裡：請在設定中填入正確的位址',
  ),
  password: localized('does not accept the token or password in the settings', '不接受設定中的權杖或密碼'),
  nothing: localized('has nothing at the address in the settings', '在設定中的位址沒有提供服務'),
  notNow: localized('could not take the message now', '目前無法接收這則訊息'),
  tooMany: localized('wants no more messages for now', '暫時不再接收訊息'),
  away: localized('is not available now', '目前無法使用'),
  refused: localized('refused the message', '拒絕了這則訊息'),
}
