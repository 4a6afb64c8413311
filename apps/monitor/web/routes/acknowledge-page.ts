import { createHash } from 'node:crypto'
import type { Config } from '../../config/config.ts'
import { html } from '../../notify/text/text.ts'

const style = `:root{color-scheme:light dark}
body{margin:0 auto;padding:24px 16px;max-width:34em;font:17px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif;overflow-wrap:anywhere}
h1{font-size:22px;line-height:1.3;margin:0 0 16px}
ul{margin:0 0 24px;padding-left:20px}
li{margin:0 0 8px}
button{font:inherit;font-weight:600;width:100%;padding:14px;border:0;border-radius:8px;background:#1f6fb5;color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid;outline-offset:2px}
p{margin:0 0 16px}
footer{margin:32px 0 0;font-size:14px;opacity:.7}`

/** Allows only the page's own style and a form to the monitor. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const words = {
  en: {
    ask: (count: number) => (count === 1 ? 'Acknowledge this alert?' : `Acknowledge these ${count} alerts?`),
    meaning: 'Reminders stop. The alerts stay open until they resolve.',
    button: 'Acknowledge',
    done: 'Acknowledged',
    doneMeaning: 'Reminders have stopped.',
    nothing: 'No open alert',
    nothingMeaning: 'It has been acknowledged already, or it has resolved.',
    forged: 'This link is invalid',
    forgedMeaning: 'Check that the address is complete: some mail programs break long addresses.',
    expired: 'This link has expired',
    expiredMeaning: 'Links work for one week. The page still shows the alert.',
    busy: 'Too many wrong links',
    busyMeaning: 'Wait a minute, then try again.',
  },
  'zh-TW': {
    ask: (count: number) => (count === 1 ? '要確認這則警報嗎？' : `要確認這 ${count} 則警報嗎？`),
    meaning: '確認後不再重複提醒；警報會保持到狀況解除為止。',
    button: '確認',
    done: '已確認',
    doneMeaning: '不再重複提醒。',
    nothing: '沒有需要確認的警報',
    nothingMeaning: '已經有人確認，或狀況已經解除。',
    forged: '這個連結不正確',
    forgedMeaning: '連結是否完整？有些郵件程式會截斷過長的網址。',
    expired: '這個連結已過期',
    expiredMeaning: '連結有效期為一週。你仍可在頁面上查看警報。',
    busy: '錯誤的連結過多',
    busyMeaning: '請稍候一分鐘再試。',
  },
}

export type AcknowledgePages = ReturnType<typeof createAcknowledgePages>

/** The pages behind the link in a message; they need no script. */
export function createAcknowledgePages(language: Config['UI_LANGUAGE']) {
  const say = words[language]

  function page(title: string, meaning: string, sentences: readonly string[] = [], button = ''): string {
    const items = sentences.map((sentence) => `<li><bdi>${html(sentence)}</bdi></li>`).join('\n')
    return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${html(title)}</title><style>${style}</style></head>
<body><h1>${html(title)}</h1>
${items === '' ? '' : `<ul>\n${items}\n</ul>\n`}<p>${html(meaning)}</p>
${button === '' ? '' : `<form method="post"><button>${html(button)}</button></form>\n`}<footer>Hearthwatch</footer>
</body></html>
`
  }

  return {
    /** @param sentences one sentence per alert */
    ask: (sentences: readonly string[]) => page(say.ask(sentences.length), say.meaning, sentences, say.button),
    done: (sentences: readonly string[]) => page(say.done, say.doneMeaning, sentences),
    nothing: (sentences: readonly string[]) => page(say.nothing, say.nothingMeaning, sentences),
    forged: () => page(say.forged, say.forgedMeaning),
    expired: () => page(say.expired, say.expiredMeaning),
    busy: () => page(say.busy, say.busyMeaning),
  }
}
