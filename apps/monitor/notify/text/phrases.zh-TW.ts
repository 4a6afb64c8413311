import type { About, Phrase } from './language.ts'
import { spaced } from './localized.ts'

export const sensor = (device: string) => `感測器${device}`

export function phrase({ kind, name, device, amount, window, text }: About): Phrase {
  switch (kind) {
    case 'above':
    case 'below': {
      const extreme = kind === 'above' ? '過高' : '過低'
      return {
        on: `${name}${extreme}`,
        still: (lasted) => `${name}仍然${extreme}（已持續 ${lasted}）`,
        off: (lasted) => `${name}已恢復正常（${extreme}持續 ${lasted}）`,
        late: (lasted) => `${name}曾經${extreme}，持續 ${lasted}（事後才得知）`,
        heading: `${name}${extreme}`,
        several: (count, worst) =>
          `${count} 個房間${name}${extreme}${worst ? `，${kind === 'above' ? '最高' : '最低'} ${worst.place} ${worst.value}` : ''}`,
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
        heading: `${name}快速${move}`,
        several: (count, worst) => `${count} 個房間${name}快速${move}${worst ? `，最多 ${worst.place} ${worst.value}` : ''}`,
      }
    }
    case 'silent': {
      const readings = spaced(`${sensor(device)}的${name}讀數`)
      return {
        on: `收不到${readings}`,
        still: (lasted) => `仍然收不到${readings}（已持續 ${lasted}）`,
        off: (lasted) => `${readings}已恢復（中斷 ${lasted}）`,
        late: (lasted) => `曾經收不到${readings}，持續 ${lasted}（事後才得知）`,
        heading: `收不到${name}讀數`,
        several: (count) => `收不到 ${count} 個感測器的${name}讀數`,
      }
    }
    case 'offline':
      return {
        on: spaced(`${sensor(device)}離線`),
        still: (lasted) => `${spaced(`${sensor(device)}仍然離線`)}（已離線 ${lasted}）`,
        off: (lasted) => `${spaced(`${sensor(device)}恢復連線`)}（離線 ${lasted}）`,
        late: (lasted) => `${spaced(`${sensor(device)}曾經離線`)}，持續 ${lasted}（事後才得知）`,
        heading: '感測器離線',
        several: (count) => `${count} 個感測器離線`,
      }
    case 'broker':
      return {
        on: '無法連線到 broker',
        still: (lasted) => `仍然無法連線到 broker（已持續 ${lasted}）`,
        off: (lasted) => `已恢復與 broker 的連線（中斷 ${lasted}）`,
        late: (lasted) => `曾經無法連線到 broker，持續 ${lasted}（事後才得知）`,
        heading: '無法連線到 broker',
        several: () => '無法連線到 broker',
      }
    case 'deaf':
      return {
        on: 'broker 接受監控程式連線，卻沒有傳遞訊息',
        still: (lasted) => `broker 仍然沒有傳遞訊息給監控程式（已持續 ${lasted}）`,
        off: (lasted) => `broker 已恢復傳遞訊息（中斷 ${lasted}）`,
        late: (lasted) => `broker 曾經沒有傳遞訊息，持續 ${lasted}（事後才得知）`,
        heading: 'broker 沒有傳遞訊息',
        several: () => 'broker 沒有傳遞訊息',
      }
    case 'certificate':
      return {
        on: `broker 的憑證將於 ${text} 到期`,
        still: () => `broker 的憑證仍將於 ${text} 到期`,
        off: () => 'broker 的憑證已更新',
        late: () => 'broker 的憑證曾經快要到期（事後才得知）',
        heading: 'broker 的憑證即將到期',
        several: () => 'broker 的憑證即將到期',
      }
    case 'backup':
      return {
        on: '備份失敗',
        still: (lasted) => `備份仍然失敗（已持續 ${lasted}）`,
        off: (lasted) => `備份已恢復正常（失敗持續 ${lasted}）`,
        late: (lasted) => `備份曾經失敗，持續 ${lasted}（事後才得知）`,
        heading: '備份失敗',
        several: () => '備份失敗',
      }
    case 'disk-full':
      return {
        on: '磁碟已滿，無法儲存',
        still: (lasted) => `磁碟仍然是滿的，無法儲存（已持續 ${lasted}）`,
        off: (lasted) => `磁碟已有空間（持續 ${lasted}）`,
        late: (lasted) => `磁碟曾經全滿，持續 ${lasted}（事後才得知）`,
        heading: '磁碟已滿',
        several: () => '磁碟已滿',
      }
    case 'disk':
      return {
        on: '資料庫的磁碟快滿了',
        still: (lasted) => `資料庫的磁碟仍然快滿了（已持續 ${lasted}）`,
        off: (lasted) => `資料庫的磁碟已有空間（持續 ${lasted}）`,
        late: (lasted) => `資料庫的磁碟曾經快滿，持續 ${lasted}（事後才得知）`,
        heading: '磁碟快滿了',
        several: () => '資料庫的磁碟快滿了',
      }
    case 'flood': {
      const sender = device === '' ? '不明的傳送者' : sensor(device)
      return {
        on: spaced(`${sender}傳送過量資料，部分已拒收`),
        still: (lasted) => `${spaced(`${sender}仍在傳送過量資料`)}（已持續 ${lasted}）`,
        off: (lasted) => `${spaced(`${sender}已不再傳送過量資料`)}（持續 ${lasted}）`,
        late: (lasted) => `${spaced(`${sender}曾經傳送過量資料`)}，持續 ${lasted}（事後才得知）`,
        heading: '資料過量',
        several: (count) => `${count} 個傳送者傳送過量資料`,
      }
    }
    case 'message':
      return {
        on: `「${text}」`,
        still: (lasted) => `「${text}」（尚未解除，已持續 ${lasted}）`,
        off: (lasted) => `感測器不再發出警告（持續 ${lasted}）`,
        late: (lasted) => `「${text}」，持續 ${lasted}（事後才得知）`,
        heading: '感測器的訊息',
        several: (count) => `${count} 個房間有感測器的訊息`,
      }
    case 'own':
      return {
        on: text,
        still: (lasted) => `${text}（已持續 ${lasted}）`,
        off: (lasted) => `已恢復正常（持續 ${lasted}）`,
        late: (lasted) => `${text}（持續 ${lasted}，事後才得知）`,
        heading: text,
        several: (count, worst) => `${text}（${count} 個房間${worst ? `，首先 ${worst.place} ${worst.value}` : ''}）`,
      }
  }
}
