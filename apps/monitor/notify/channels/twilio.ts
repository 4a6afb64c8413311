import { type Localized, localized } from '../text/localized.ts'
import type { FailureKind, Message } from './channel.ts'
import { fit, tidy } from './fit.ts'
import { apiField, isList, listOf, pathOf, withApi } from './form.ts'
import { type Answer, isSuccess, jsonOf, overHttp, type SendOverHttp } from './http.ts'
import { apiOf, type ChannelType, recipientsOf } from './kind.ts'
import { inSevenBits, partsOf } from './sms.ts'
import { UrlMistake } from './url.ts'

/** Each part is billed as a message. */
const mostParts = 3
const longest = mostParts * 153
const usualBudget = 100
const accountPattern = /^AC[0-9a-f]{32}$/
const senderPattern = /^(?:\+\d{5,15}|\d{3,8}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/
const numberPattern = /^\+[1-9]\d{4,14}$/

/** Errors of one recipient: https://www.twilio.com/docs/api/errors */
const ofRecipient: ReadonlyMap<number, Localized> = new Map([
  [21211, localized('reports that this is not a phone number', '表示這不是電話號碼')],
  [21214, localized('cannot reach this number', '無法送達這個號碼')],
  [21217, localized('reports that this is not a phone number', '表示這不是電話號碼')],
  [21265, localized('does not send to this number', '不傳送訊息到這個號碼')],
  [
    21408,
    localized(
      'is not allowed to send to this country: change the account’s geographic permissions',
      '不得傳送到這個國家：請在帳號的地區權限（geographic permissions）中允許',
    ),
  ],
  [21610, localized('does not send to this number: its owner replied STOP', '不傳送訊息到這個號碼：對方曾回覆 STOP')],
  [21612, localized('cannot send to this number from yours', '無法從你的號碼傳送到這個號碼')],
  [21614, localized('reports that this number cannot receive SMS', '表示這個號碼無法接收簡訊')],
])
/** Errors of the account or the sender. */
const ofAccount: ReadonlyMap<number, Localized> = new Map([
  [
    20003,
    localized(
      'does not accept the account SID and token in the settings, or the account’s balance is used up',
      '不接受設定中的帳號 SID 與權杖，或帳號餘額不足',
    ),
  ],
  [20404, localized('does not know the account SID in the settings', '不認得設定中的帳號 SID')],
  [21212, localized('does not accept the sender in the settings', '不接受設定中的寄件者')],
  [21603, localized('does not accept the sender in the settings', '不接受設定中的寄件者')],
  [21606, localized('is not allowed to send from the number in the settings', '不得使用設定中的號碼傳送')],
  [21608, localized('sends only to verified numbers while the account is a trial', '在試用期間只傳送到你已驗證的號碼')],
  [21659, localized('is not allowed to send from the number in the settings', '不得使用設定中的號碼傳送')],
  [21660, localized('reports that the number in the settings belongs to another account', '表示設定中的號碼屬於另一個帳號')],
])

/**
 * SMS through Twilio: `twilio://AccountSid:AuthToken@from/to[/to…]`, numbers as +886912345678; `from` may be the SID of
 * a messaging service (MG…) or a name.
 * Format: https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource
 */
export const twilio: ChannelType = {
  kind: 'twilio',
  schemes: ['twilio'],
  parameters: ['api'],
  budget: usualBudget,
  form: {
    title: localized('SMS (Twilio)', '簡訊（Twilio）'),
    steps: [
      {
        text: localized(
          'The console at https://console.twilio.com shows the account SID and the auth token. Buy a number there.',
          'https://console.twilio.com 的主控台會顯示 Account SID 與 Auth Token；號碼也在那裡購買。',
        ),
      },
      {
        text: localized(
          'Each part of an SMS costs. A trial account sends only to numbers that are verified there.',
          '簡訊依則數計費。試用帳號只能傳送到已驗證的號碼。',
        ),
      },
    ],
    fields: [
      {
        name: 'account',
        label: localized('Account SID', 'Account SID'),
        example: 'AC…',
        isServer: true,
        isRight: (value) => accountPattern.test(value),
      },
      { name: 'token', label: localized('Auth token', 'Auth Token'), isSecret: true, isRight: () => true },
      {
        name: 'from',
        label: localized('Sender', '寄件號碼'),
        hint: localized('Your number, or the SID of a messaging service (MG…)', '你的號碼，或 messaging service 的 SID（MG…）'),
        example: '+15005550006',
        isRight: (value) => senderPattern.test(value),
      },
      {
        name: 'to',
        label: localized('Phone numbers', '收件號碼'),
        hint: localized('With the code of the country; several with commas between them', '含國碼；多個請以逗號分隔'),
        example: '+886912345678',
        isRight: isList(numberPattern),
      },
      apiField,
    ],
    url: ({ account = '', token = '', from = '', to = '', ...rest }) =>
      `twilio://${account}:${encodeURIComponent(token)}@${encodeURIComponent(from)}/${pathOf(listOf(to))}${withApi(rest)}`,
  },
  preview: (message) => ({ title: null, text: textOf(message), html: null, buttons: [] }),
  parse({ url }) {
    const { user: account, password: token, host: from } = url
    if (!accountPattern.test(account) || token === '')
      throw new UrlMistake('needs the account’s SID and its token: twilio://AC…:token@from/to')
    if (!senderPattern.test(from))
      throw new UrlMistake('needs a sender after the @: a number like +15005550006, or the SID of a messaging service')
    const recipients = recipientsOf(url.path, numberPattern, 'a phone number is like +886912345678')
    const resource = `${apiOf(url, 'https://api.twilio.com')}/2010-04-01/Accounts/${account}`
    const address = `${resource}/Messages.json`
    const sender = from.startsWith('MG') ? 'MessagingServiceSid' : 'From'
    const headers = {
      'Content-Type': 'application/x-www-form-urlencoded',
      Authorization: `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`,
    }

    const send: SendOverHttp = async (message, http) => {
      const body = new URLSearchParams({ [sender]: from, To: message.recipient, Body: textOf(message) }).toString()
      const answer = await http.post(address, { headers, body })
      if (!isSuccess(answer)) throw http.failure(answer, meaningOf(answer))
    }
    // https://www.twilio.com/docs/iam/api/account
    return overHttp('Twilio', recipients, send, { address: `${resource}.json`, headers, meaningOf })
  },
}

/** The subject and the link to acknowledge it, in a few parts. */
function textOf({ subject, acknowledge }: Message): string {
  const tail = acknowledge === null ? '' : ` ${acknowledge}`
  const whole = fit(tidy(subject).replace(/\n/g, ' '), longest)
  const cut = (most: number) => inSevenBits(fit(whole, most))
  const fitsParts = (text: string) => partsOf(text + tail) <= mostParts
  let [fits, tooLong] = [1, whole.length]
  if (fitsParts(cut(tooLong))) return cut(tooLong) + tail
  while (tooLong - fits > 1) {
    const most = Math.floor((fits + tooLong) / 2)
    if (fitsParts(cut(most))) fits = most
    else tooLong = most
  }
  return cut(fits) + tail
}

function meaningOf(answer: Answer): [FailureKind, Localized] | undefined {
  const code = Number(jsonOf(answer)?.code)
  const refused = ofRecipient.get(code)
  const lockedOut = ofAccount.get(code)
  const why = refused ?? lockedOut
  return why && [refused ? 'refused' : 'locked-out', localized(`${why.en}; error ${code}`, `${why['zh-TW']}；錯誤 ${code}`)]
}
