import type { About, Language, Phrase } from './language.ts'
import { spaced } from './localized.ts'

const sensor = (device: string) => `感測器${device}`

function phrase({ kind, name, device, amount, window, text }: About): Phrase {
  switch (kind) {
    case 'above':
    case 'below': {
      const extreme = kind === 'above' ? '過高' : '過低'
      return {
        on: `${name}${extreme}`,
        still: (lasted) => `${name}仍然${extreme}（已持續 ${lasted}）`,
        off: (lasted) => `${name}已恢復正常（${extreme}持續 ${lasted}）`,
        late: (lasted) => `${name}曾經${extreme}，持續 ${lasted}（事後才得知）`,
      }
    }
    case 'rises':
    case 'falls': {
      const move = kind === 'rises' ? '上升' : '下降'
      return {
        on: `${name}在 ${window}內${move} ${amount}`,
        still: (lasted) => `${name}仍在快速${move}（已持續 ${lasted}）`,
        off: (lasted) => `${name}不再快速${move}（持續 ${lasted}）`,
        late: () => `${name}曾在 ${window}內${move} ${amount}（事後才得知）`,
      }
    }
    case 'silent': {
      const readings = spaced(`${sensor(device)}的${name}讀數`)
      return {
        on: `收不到${readings}`,
        still: (lasted) => `仍然收不到${readings}（已持續 ${lasted}）`,
        off: (lasted) => `${readings}已恢復（中斷 ${lasted}）`,
        late: (lasted) => `曾經收不到${readings}，持續 ${lasted}（事後才得知）`,
      }
    }
    case 'offline':
      return {
        on: spaced(`${sensor(device)}離線`),
        still: (lasted) => `${spaced(`${sensor(device)}仍然離線`)}（已離線 ${lasted}）`,
        off: (lasted) => `${spaced(`${sensor(device)}恢復連線`)}（離線 ${lasted}）`,
        late: (lasted) => `${spaced(`${sensor(device)}曾經離線`)}，持續 ${lasted}（事後才得知）`,
      }
    case 'broker':
      return {
        on: '無法連線到 broker',
        still: (lasted) => `仍然無法連線到 broker（已持續 ${lasted}）`,
        off: (lasted) => `已恢復與 broker 的連線（中斷 ${lasted}）`,
        late: (lasted) => `曾經無法連線到 broker，持續 ${lasted}（事後才得知）`,
      }
    case 'flood': {
      const sender = device === '' ? '不明的傳送者' : sensor(device)
      return {
        on: spaced(`${sender}傳送過量資料，部分已拒收`),
        still: (lasted) => `${spaced(`${sender}仍在傳送過量資料`)}（已持續 ${lasted}）`,
        off: (lasted) => `${spaced(`${sender}已不再傳送過量資料`)}（持續 ${lasted}）`,
        late: (lasted) => `${spaced(`${sender}曾經傳送過量資料`)}，持續 ${lasted}（事後才得知）`,
      }
    }
    case 'message':
      return {
        on: `「${text}」`,
        still: (lasted) => `「${text}」（尚未解除，已持續 ${lasted}）`,
        off: (lasted) => `感測器不再發出警告（持續 ${lasted}）`,
        late: (lasted) => `「${text}」，持續 ${lasted}（事後才得知）`,
      }
    case 'own':
      return {
        on: text,
        still: (lasted) => `${text}（已持續 ${lasted}）`,
        off: (lasted) => `已恢復正常（持續 ${lasted}）`,
        late: (lasted) => `${text}（持續 ${lasted}，事後才得知）`,
      }
  }
}

const resolvedOf = (count: number, resolved: number) =>
  resolved === 0 ? '' : resolved === count ? '，均已解除' : `，其中 ${resolved} 則已解除`

export const traditionalChinese: Language = {
  tag: 'zh-TW',
  moment: { month: 'long', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit', hourCycle: 'h23' },
  clock: { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' },
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
  phrase,
  ended: {
    'rule-off': (on, rule) => `${on}，但規則「${rule}」已停用`,
    'rule-removed': (on, rule) => `${on}，但規則「${rule}」已移除`,
    'rule-changed': (on, rule) => `${on}，但規則「${rule}」已變更`,
    forgotten: (on) => `${on}，直到從名單中移除`,
    moved: (on) => `${on}，直到由另一台裝置接手`,
  },
  ids: { rooms: 'MQTT 名稱', rules: '規則代號' },
  titles: {
    alert: (place, value, phrase) => (place === '' ? phrase : `${place}${value === '' ? '' : ` ${value}`}：${phrase}`),
    lateText: (room, text) => `${room === '' ? '' : `${room}：`}「${text}」（監控程式離線期間傳送）`,
    several: (count, resolved) => (resolved === count ? `${count} 則警報已解除` : `${count} 則警報${resolvedOf(count, resolved)}`),
    quiet: (count, resolved) => `勿擾時段內有 ${count} 則警報${resolvedOf(count, resolved)}`,
    summary: (date) => `每日摘要：${date}`,
    test: '測試：Hearthwatch 可以通知到你',
  },
  labels: {
    room: '房間',
    sensor: '感測器',
    rule: '規則',
    limit: '門檻',
    upper: '上限',
    lower: '下限',
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
    absent: '失聯的感測器（最後訊號時間）',
    missing: '遺失的讀數',
    undelivered: '未能送達',
    elsewhere: '未指定房間',
    open: '開啟 Hearthwatch',
    acknowledge: '確認',
    acknowledgeAll: '全部確認',
  },
  times: (count) => `${count} 次`,
  andMore: (count) => `……還有 ${count} 則。`,
  within: (amount, window) => `${window}內 ${amount}`,
  between: (quantity, lowest, highest) => `${quantity}介於 ${lowest} 與 ${highest} 之間`,
  absent: (room, device) => spaced(room === '' ? sensor(device) : `${room}：${sensor(device)}`),
  silent: (lasted) => `有 ${lasted}沒有收到讀數。`,
  lost: (device, count) => spaced(`${sensor(device)}的 ${count} 筆讀數`),
  undelivered: (channel, count) => spaced(`透過${channel}的 ${count} 則訊息`),
  spent: (channel, used, perMonth) =>
    spaced(`通知管道${channel}本月 ${perMonth} 則訊息的額度已使用 ${used} 則，最後十分之一保留給緊急警報。`),
  alive: (uptime, readings, size) => `監控程式已連續運作 ${uptime}，期間儲存了 ${readings} 筆讀數；資料庫大小為 ${size}。`,
  test: (channel) => spaced(`這是通知管道${channel}的測試訊息，警報也會以同樣方式送達。`),
  zone: (name) => `時間以 ${name} 時區顯示`,
  span: (from, to) => `${from} 至 ${to}`,
}
