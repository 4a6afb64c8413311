export type Language = 'en' | 'zh-TW'

/** The language that a person means by `zh`, `zh-TW`, `zh_TW.UTF-8` or `en_US`; undefined: none that we speak. */
export function languageOf(text: string | undefined): Language | undefined {
  const tag = (text ?? '')
    .trim()
    .toLowerCase()
    .replace(/[.@].*$/, '')
    .replaceAll('_', '-')
  if (/^zh(-|$)/.test(tag)) return 'zh-TW'
  return /^en(-|$)/.test(tag) ? 'en' : undefined
}

/** The language of a command for a person: `UI_LANGUAGE`, else that of the terminal, else English. */
export function commandLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  // As in POSIX, an empty variable counts as unset.
  const terminal = env.LC_ALL || env.LC_MESSAGES || env.LANG
  return languageOf(env.UI_LANGUAGE) ?? languageOf(terminal) ?? 'en'
}
