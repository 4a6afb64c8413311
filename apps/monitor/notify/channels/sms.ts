/** GSM 03.38: characters of 7 bits, and those that take two places. */
const basic = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/u
const twice = /[\^{}\\[~\]|€]/gu
const replacements: Readonly<Record<string, string>> = {
  '°': '',
  '…': '...',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '·': '-',
}

/** Number of parts of an SMS: one has 160 characters of 7 bits or 70 UTF-16 units, several have a few less each. */
export function partsOf(text: string): number {
  const small = basic.test(text)
  const size = small ? text.length + (text.match(twice)?.length ?? 0) : text.length
  const [one, each] = small ? [160, 153] : [70, 67]
  return size <= one ? 1 : Math.ceil(size / each)
}

/** Replaces characters such as ° if the text then fits 7 bits; otherwise it would need twice the parts. */
export function inSevenBits(text: string): string {
  const small = text.replace(/[°…’‘“”–—·]/gu, (sign) => replacements[sign] ?? sign)
  return basic.test(small) ? small : text
}
