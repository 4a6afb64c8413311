import type { Log } from '@hearthwatch/log'
import { renderUnicodeCompact } from 'uqr'

const words = {
  en: 'Open the page on a phone in the same network:',
  'zh-TW': '用同一個網路裡的手機開啟頁面：',
}

/** Logs the addresses of the page for other machines, and draws the likeliest as a QR code where a person sees it. */
export function showPhoneCode(urls: readonly string[], log: Log, language: keyof typeof words, terminal = process.stdout): void {
  const [first] = urls
  if (first === undefined) return
  log.info('the page can be opened from other machines', { urls: urls.join(' ') })
  if (terminal.isTTY) terminal.write(`\n${words[language]} ${first}\n\n${renderUnicodeCompact(first, { ecc: 'L', border: 2 })}\n\n`)
}
