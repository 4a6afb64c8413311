import type { Zone } from '../../localtime.ts'
import type { Alert } from '../../rules/alert.ts'
import type { Budget, Content } from '../../store/notifications.ts'
import { createAlertPages } from './alert-page.ts'
import type { Chart } from './chart.ts'
import { createDigestPages } from './digest-page.ts'
import { createFigures } from './figures.ts'
import type { Language } from './language.ts'
import { type Frame, layText, type Page } from './page.ts'
import { layHtml } from './page-html.ts'
import { createSummaryPages, lastStep } from './summary-page.ts'
import { foreign, plainly } from './text.ts'
import { createTitles } from './titles.ts'
import { english } from './words.en.ts'
import { traditionalChinese } from './words.zh-TW.ts'

const languages = { en: english, 'zh-TW': traditionalChinese }

export interface WordsOptions {
  language: keyof typeof languages
  timeZone: Zone
}

/** Additions to the contents of a message. */
export interface Extras {
  /** Chart of the series of a single alert. */
  chart?: Chart | undefined
  /** Address of the page with the details. */
  link?: string | null | undefined
  /** Address that acknowledges the alerts. */
  acknowledge?: string | null | undefined
  /** True if quiet hours held it back. */
  wasHeld?: boolean | undefined
  /** The budget, if the message must warn of it. */
  budget?: Budget | null | undefined
}

/** A rendered message. */
export interface Rendered {
  subject: string
  text: string
  html: string
}

export type Words = ReturnType<typeof createWords>

/** Renders messages in one language. */
export function createWords({ language, timeZone }: WordsOptions) {
  const say: Language = languages[language]
  const figures = createFigures(say, timeZone)
  const titles = createTitles(say, figures)
  const pages = createAlertPages(say, figures, titles)
  const summary = createSummaryPages(say, figures, titles)
  const digest = createDigestPages(say, figures, titles)

  function page(content: Content, chart: Chart | undefined): Page {
    switch (content.kind) {
      case 'alert':
        return pages.alert(content, chart)
      case 'late-alert':
        return pages.lateAlert(content)
      case 'late-text':
        return pages.lateText(content)
      case 'summary':
        return summary(content)
    }
  }

  function render(page: Page, { link, acknowledge }: Extras, isOne: boolean): Rendered {
    const { labels } = say
    const links: Frame['links'] = []
    if (acknowledge) links.push({ address: acknowledge, label: isOne ? labels.acknowledge : labels.acknowledgeAll })
    if (link) links.push({ address: link, label: labels.open })
    const frame = { language: say.tag, colon: say.colon, comma: say.comma, links, footer: `Hearthwatch · ${say.zone(figures.zone)}` }
    return { subject: plainly(page.title), text: layText(page, frame), html: layHtml(page, frame) }
  }

  return {
    /** One message with all of these contents, oldest first. */
    message(contents: readonly Content[], extras: Extras = {}): Rendered {
      const [only] = contents
      const isOne = contents.length === 1 && only !== undefined
      const items = contents.filter((content) => content.kind !== 'summary')
      const made = isOne ? page(only, extras.chart) : digest(items, extras.wasHeld === true)
      const { channel = '', used = 0, perMonth = 0 } = extras.budget ?? {}
      const line = { kind: 'line', text: say.spent(foreign(channel), figures.count(used), figures.count(perMonth)) } as const
      return render(extras.budget ? { ...made, blocks: [...made.blocks, line] } : made, extras, isOne)
    },

    /** A test message. */
    test: (channel: string, link?: string | null) =>
      render({ title: say.titles.test, tone: 'calm', blocks: [{ kind: 'line', text: say.test(foreign(channel)) }] }, { link }, true),

    /** The last transition of this alert, in one sentence. */
    sentence: (alert: Alert) => plainly(titles.alert(lastStep(alert))),
  }
}
