type Title = Readonly<Record<'en' | 'zh-TW', string>>

/** The titles of the built-in rules, and of the alerts that need no rule. Any other rule has the title that a person gave it. */
const titles: ReadonlyMap<string, Title> = new Map([
  ['too-hot', { en: 'Too hot', 'zh-TW': '太熱' }],
  ['offline', { en: 'Sensor offline', 'zh-TW': '感測器離線' }],
  ['silent', { en: 'No readings', 'zh-TW': '沒有讀數' }],
  ['battery-low', { en: 'Battery low', 'zh-TW': '電量不足' }],
  ['freezer', { en: 'Freezer too warm', 'zh-TW': '冷凍庫溫度過高' }],
  ['frost', { en: 'Frost', 'zh-TW': '低溫（結霜）' }],
  ['message', { en: 'Text of a sensor', 'zh-TW': '感測器的訊息' }],
  ['broker', { en: 'Connection to the broker', 'zh-TW': '與 broker 的連線' }],
  ['deaf', { en: 'Delivery by the broker', 'zh-TW': 'broker 的訊息傳遞' }],
  ['certificate', { en: 'Certificate of the broker', 'zh-TW': 'broker 的憑證' }],
  ['backup', { en: 'Backup', 'zh-TW': '備份' }],
  ['disk', { en: 'Disk nearly full', 'zh-TW': '磁碟快滿了' }],
  ['flood', { en: 'Too many messages', 'zh-TW': '資料過量' }],
])

/** True if a rule has this title without being given one: in any language, or its id. */
export function isOwnTitle(rule: string, title: string): boolean {
  const own = titles.get(rule)
  return title === rule || title === own?.en || title === own?.['zh-TW']
}

/** The title of a rule in one language. @param given the one that a person gave it */
export function ruleTitle(rule: string, given: string | null | undefined, language: keyof Title): string {
  return given != null && !isOwnTitle(rule, given) ? given : (titles.get(rule)?.[language] ?? rule)
}
