/** GSM 03.38: what fits into 7 bits, and what takes two of them. */
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

/** Of how many parts an SMS is: 160 characters of 7 bits or 70 UTF-16 units; a few less where there are several. */
export function partsOf(text: string): number {
  const small = basic.test(text)
  const size = small ? text.length + (text.match(twice)?.length ?? 0) : text.length
  const [one, each] = small ? [160, 153] : [70, 67]
  return size <= one ? 1 : Math.ceil(size / each)
}

/** Without the few signs, such as the one of degrees, for which alone the whole text would take more than twice the room. */
export function inSmallLetters(text: string): string {
  const small = text.replace(/[°…’‘“”–—·]/gu, (sign) => replacements[sign] ?? sign)
  return basic.test(small) ? small : text
}
