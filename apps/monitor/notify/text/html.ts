import { html as safe } from './text.ts'

/** Class of secondary text, whose colour is a lighter one on a dark background. */
export const faint = 'faint'
export const small = 'font-size:13px;color:#6b6b6b'

const durations = /\d+ (?:天|小時|分鐘|秒)(?: \d+ (?:小時|分鐘|秒))?(?:內|前|後)?[）。]?/gu

/** Text as HTML, in which a number and its unit stay on one line, and so does a duration in Chinese. */
export const html = (text: string): string =>
  safe(text)
    .replace(/(\d) (?=(?:°C|hPa|ppm|lx|V|W|days?|h|min|s)(?![\p{L}\p{N}]))/gu, '$1\u00a0')
    .replace(durations, '<span style="white-space:nowrap">$&</span>')
