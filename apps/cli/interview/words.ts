/** The words of the questions of setup, in each language. A default stands in brackets behind its question. */
export interface InterviewWords {
  start: string
  room: string
  /** @param names those that the certificate will have in any case */
  names(names: readonly string[]): string
  moreNames: string
  mailServer: string
  user: string
  password: string
  /** The password stays as it is if nothing is entered. */
  samePassword: string
  recipients: string
  sender: string
  test(recipients: string): string
  testing: string
  accepted: string
  again: string
  noMail: string
  notAnAddress(text: string): string
  notAServer(text: string): string
  yes: RegExp
  no: RegExp
}

const en: InterviewWords = {
  start: 'Some questions first. Enter takes the value in brackets; Ctrl-C ends setup, and nothing has changed.',
  room: 'Room of the sensor on this machine',
  names: (names) => `The broker's certificate is for: ${names.join(', ')}`,
  moreNames: 'Other names or addresses at which sensors reach this machine, separated by spaces',
  mailServer: 'Mail server for alerts, such as smtp.gmail.com or mail.example.com:587; Enter for none',
  user: 'User name there, usually the mail address; Enter for none',
  password: 'Password (many providers require an app password here)',
  samePassword: 'Password (Enter: the same as before)',
  recipients: 'Recipients, mail addresses separated by commas',
  sender: 'Sender, a mail address',
  test: (recipients) => `Send a test mail to ${recipients} now?`,
  testing: 'Sending …',
  accepted: 'The mail server has accepted the test mail. Check that it has arrived.',
  again: 'Enter the mail settings again?',
  noMail: 'No mail is set up. SMTP_URL and MAIL_TO in .env, or the page under Settings, set it up later.',
  notAnAddress: (text) => `${JSON.stringify(text)} is not a mail address, as in ann@example.com.`,
  notAServer: (text) => `${JSON.stringify(text)} is not a mail server, as in smtp.gmail.com or smtp://mail.example.com:587.`,
  yes: /^y/i,
  no: /^n/i,
}

const zhTW: InterviewWords = {
  start: '先問幾個問題。按 Enter 就採用方括號裡的值；按 Ctrl-C 結束，不會變更任何東西。',
  room: '這台機器上的感測器在哪個房間',
  names: (names) => `broker 的憑證適用於：${names.join('、')}`,
  moreNames: '感測器還會用哪些名稱或位址連到這台機器（以空格分隔）',
  mailServer: '寄送警示的郵件伺服器，例如 smtp.gmail.com 或 mail.example.com:587；不需要就按 Enter',
  user: '那裡的使用者名稱，通常就是電子郵件地址；沒有就按 Enter',
  password: '密碼（許多服務商在這裡需要「應用程式密碼」）',
  samePassword: '密碼（按 Enter：沿用剛才的）',
  recipients: '收件者的電子郵件地址，多個請以逗號分隔',
  sender: '寄件者的電子郵件地址',
  test: (recipients) => `現在寄一封測試信給 ${recipients} 嗎？`,
  testing: '寄送中 …',
  accepted: '郵件伺服器已接受測試信，請確認是否收到。',
  again: '要重新輸入郵件設定嗎？',
  noMail: '沒有設定郵件。之後可以在 .env 填寫 SMTP_URL 與 MAIL_TO，或在網頁的「設定」裡設定。',
  notAnAddress: (text) => `${JSON.stringify(text)} 不是電子郵件地址，例如 ann@example.com。`,
  notAServer: (text) => `${JSON.stringify(text)} 不是郵件伺服器，例如 smtp.gmail.com 或 smtp://mail.example.com:587。`,
  yes: /^(y|是|好)/i,
  no: /^(n|否|不)/i,
}

export function interviewWords(language: string | undefined): InterviewWords {
  return language === 'zh-TW' ? zhTW : en
}
