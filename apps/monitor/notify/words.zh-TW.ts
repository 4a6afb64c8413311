import type { Language } from './language.ts'

/** Between a Latin letter or digit and a Chinese one stands a space; the marks around a stranger's text lie in between. */
const spaced = (text: string) =>
  text.replace(/[\p{Script=Latin}\p{N}]\u2069?(?=\u2068?\p{Script=Han})|\p{Script=Han}\u2069?(?=\u2068?[\p{Script=Latin}\p{N}])/gu, '$& ')
const sensor = (device: string) => `感測器${device}`
const place = (room: string, value: string) => (value === '' ? room : `${room} ${value}`)

export const traditionalChinese: Language = {
  tag: 'zh-TW',
  quantities: {
    temperature: '溫度',
    humidity: '濕度',
    pressure: '氣壓',
    battery: '電量',
    co2: '二氧化碳',
    illuminance: '照度',
    voltage: '電壓',
    power: '功率',
  },
  moment: { month: 'long', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit' },
  date: { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
  duration: {
    days: (count) => `${count} 天`,
    hours: (count) => `${count} 小時`,
    minutes: (count) => `${count} 分鐘`,
    seconds: (count) => `${count} 秒`,
  },
  withUnit: (quantity, unit) => `${quantity}（${unit}）`,
  colon: '：',
  comma: '，',
  semicolon: '；',
  titles: {
    tooHot: (room, value) => `${place(room, value)}：溫度過高`,
    notTooHot: (room, value, lasted) => `${place(room, value)}：溫度已恢復正常（過高持續 ${lasted}）`,
    offline: (room, device) => `${room}：${spaced(`${sensor(device)}離線`)}`,
    online: (room, device, lasted) => `${room}：${spaced(`${sensor(device)}恢復連線`)}（離線 ${lasted}）`,
    said: (room, text) => `${room}：「${text}」`,
    saidNoMore: (room, lasted) => `${room}：感測器不再發出警告（持續 ${lasted}）`,
    other: (room, value, rule) => `${place(room, value)}：${rule}`,
    otherOver: (room, value, rule, lasted) => `${place(room, value)}：${spaced(`${rule}已解除`)}（持續 ${lasted}）`,
    lateAlert: (room, value, lasted) => `${place(room, value)}：曾經溫度過高，持續 ${lasted}（事後才得知）`,
    lateText: (room, text) => `${room}：「${text}」（監控中斷期間收到）`,
    several: (count) => `${count} 則警報`,
    severalOver: (count) => `${count} 則警報已解除`,
    summary: (date) => `每日摘要：${date}`,
  },
  labels: {
    room: '房間',
    sensor: '感測器',
    limit: '上限',
    since: '開始時間',
    from: '開始時間',
    until: '結束時間',
    lasted: '持續時間',
    message: '訊息',
    received: '收到',
    first: '第一次',
    last: '最後一次',
    lowest: '最低',
    mean: '平均',
    highest: '最高',
    now: '最新',
    quantity: '',
    alerts: '警報',
    noAlerts: '沒有警報。',
    open: '開啟 Hearthwatch',
  },
  times: (count) => `${count} 次`,
  andMore: (count) => `……還有 ${count} 則。`,
  zone: (name) => `時間以 ${name} 時區顯示`,
  span: (from, to) => `${from} 至 ${to}`,
}
