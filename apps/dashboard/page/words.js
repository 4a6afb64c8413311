/** @typedef {'en' | 'zh-TW'} Language */

const words = {
  en: {
    otherLanguage: '中文',
    logout: 'Log out',
    login: 'Log in',
    loginTitle: 'Log in',
    loginText: 'This house is shown to those who know its password.',
    password: 'Password',
    noPassword:
      'No password is set for this page, so nobody can log in here. Programs come in with the API token; for people, set DASHBOARD_PASSWORD and start the monitor again.',
    wrongPassword: 'That is not the password.',
    tooMany: (/** @type {number} */ seconds) => `Too many wrong tries. Wait ${seconds} s.`,
    unreachable: 'The monitor does not answer.',
    live: 'Live',
    connecting: 'Connecting …',
    alerts: 'Alerts',
    acknowledge: 'I have seen it',
    acknowledged: 'Seen',
    alertIn: 'Alert',
    rooms: 'Rooms',
    roomsCount: (/** @type {number} */ online, /** @type {number} */ all) => `${online} of ${all} online`,
    empty: 'No sensor has been heard yet. Start one with “npm run sensor”, or publish a number yourself:',
    status: { online: 'online', offline: 'offline', unknown: 'unknown' },
    stale: 'old',
    noValue: 'no value yet',
    broker: (/** @type {string} */ why) => `The monitor does not reach the broker: ${why}`,
    database: (/** @type {string} */ why) => `The monitor cannot write its database: ${why}`,
    now: 'just now',
    quantities: {
      temperature: 'Temperature',
      humidity: 'Humidity',
      pressure: 'Air pressure',
      battery: 'Battery',
      co2: 'CO₂',
      illuminance: 'Light',
      voltage: 'Voltage',
      power: 'Power',
    },
  },
  'zh-TW': {
    otherLanguage: 'English',
    logout: '登出',
    login: '登入',
    loginTitle: '請登入',
    loginText: '輸入密碼即可查看這個家的狀況。',
    password: '密碼',
    noPassword: '這個頁面尚未設定密碼，因此無法登入。程式可使用 API 權杖；若要讓人登入，請設定 DASHBOARD_PASSWORD 並重新啟動監控程式。',
    wrongPassword: '密碼不正確。',
    tooMany: (/** @type {number} */ seconds) => `錯誤次數過多，請等候 ${seconds} 秒。`,
    unreachable: '監控程式沒有回應。',
    live: '即時',
    connecting: '連線中…',
    alerts: '警報',
    acknowledge: '我知道了',
    acknowledged: '已讀',
    alertIn: '警報',
    rooms: '房間',
    roomsCount: (/** @type {number} */ online, /** @type {number} */ all) => `${all} 個房間，${online} 個在線上`,
    empty: '還沒有收到任何感測器的資料。執行「npm run sensor」啟動一個，或自行發布一個數值：',
    status: { online: '線上', offline: '離線', unknown: '未知' },
    stale: '非即時',
    noValue: '尚無數值',
    broker: (/** @type {string} */ why) => `監控程式連不上訊息代理（broker）：${why}`,
    database: (/** @type {string} */ why) => `監控程式無法寫入資料庫：${why}`,
    now: '剛剛',
    quantities: {
      temperature: '溫度',
      humidity: '濕度',
      pressure: '氣壓',
      battery: '電池',
      co2: '二氧化碳',
      illuminance: '光照',
      voltage: '電壓',
      power: '功率',
    },
  },
}

/** @type {Language} */
let language = 'en'

/** The words of the language in use. */
export const say = () => words[language]

/** @returns {Language} */
export const languageInUse = () => language

/**
 * The person's own choice, else Chinese where the browser wishes for it, else what the house is set to.
 * @param {Language} house
 */
export function chooseLanguage(house) {
  const chosen = localStorage.getItem('language')
  const wished = navigator.language.startsWith('zh') ? 'zh-TW' : house
  language = chosen === 'en' || chosen === 'zh-TW' ? chosen : wished
  document.documentElement.lang = language
}

export function switchLanguage() {
  language = language === 'en' ? 'zh-TW' : 'en'
  localStorage.setItem('language', language)
  document.documentElement.lang = language
}

/** @param {string} name may be a numbered one: `temperature_2` */
export function quantityName(name) {
  const [, base = name, number] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? []
  const known = Object.hasOwn(say().quantities, base) ? /** @type {Record<string, string>} */ (say().quantities)[base] : undefined
  return known === undefined ? name : number === undefined ? known : `${known} ${number}`
}

/** @param {string} quantity @param {number} value */
export function number(quantity, value) {
  const size = Math.abs(value)
  if (size >= 1e9 || (size > 0 && size < 0.001)) return value.toExponential(2)
  const isTemperature = quantity.startsWith('temperature')
  const most = isTemperature || size >= 100 ? 1 : 2
  return new Intl.NumberFormat(language, { minimumFractionDigits: isTemperature ? 1 : 0, maximumFractionDigits: most }).format(value)
}

/** @param {number} ms how long ago */
export function age(ms) {
  const seconds = Math.round(ms / 1000)
  if (seconds < 5) return say().now
  const format = new Intl.RelativeTimeFormat(language, { style: 'short' })
  if (seconds < 60) return format.format(-seconds, 'second')
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour')
  return format.format(-Math.floor(seconds / 86_400), 'day')
}

/** @param {number} time ms */
export const moment = (time) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(time)
