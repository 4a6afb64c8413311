import { asCalled, type Installation } from '@hearthwatch/api/installation'
import type { Zone } from '../../localtime.ts'
import type { Alert } from '../../rules/alert.ts'
import { type Names, noNames } from '../../store/names.ts'
import type { Budget, Content } from '../../store/notifications.ts'
import { createAlertPages, type LastHeard } from './alert-page.ts'
import type { Chart } from './chart.ts'
import { createDigestPages } from './digest-page.ts'
import { createFigures } from './figures.ts'
import type { Language } from './language.ts'
import { createNaming } from './naming.ts'
import { type Fact, type Frame, layText, type Page } from './page.ts'
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
  /** Default: rooms and rules have their ids. */
  names?: Names | undefined
  /** Decides how commands are called. */
  installation?: Installation | undefined
}

/** Additions to the contents of a message. */
export interface Extras {
  /** Chart of the series of a single alert. */
  chart?: Chart | undefined
  /** The sensor of a single alert. */
  last?: LastHeard | undefined
  /** Address of the page with the details. */
  link?: string | null | undefined
  /** Address that acknowledges the alerts. */
  acknowledge?: string | null | undefined
  /** True if quiet hours held it back. */
  wasHeld?: boolean | undefined
  /** The budget, if the message must warn of it. */
  budget?: Budget | null | undefined
}

export interface TestOf {
  channel: string
  server?: string | undefined
  recipient: string
  /** ms */
  at: number
  /** Address of the page. */
  link?: string | null
}

/** A rendered message. */
export interface Rendered {
  subject: string
  text: string
  html: string
}

export type Words = ReturnType<typeof createWords>

/** The advice that names commands, with those of this installation. */
function sayingCommands(say: Language, installation: Installation): Language {
  const { certificate, backup } = say.advice
  return {
    ...say,
    advice: { ...say.advice, certificate: asCalled(certificate, installation), backup: asCalled(backup, installation) },
  }
}

/** Renders messages in one language. */
export function createWords({ language, timeZone, names = noNames, installation = 'clone' }: WordsOptions) {
  const say = sayingCommands(languages[language], installation)
  const figures = createFigures(say, timeZone)
  const naming = createNaming(say, names)
  const titles = createTitles(say, figures, naming)
  const pages = createAlertPages(say, figures, titles, naming)
  const summary = createSummaryPages(say, figures, titles, naming)
  const digest = createDigestPages(say, figures, titles, naming)

  function page(content: Content, extras: Extras): Page {
    switch (content.kind) {
      case 'alert':
        return pages.alert(content, extras)
      case 'late-alert':
        return pages.lateAlert(content)
      case 'late-text':
        return pages.lateText(content)
      case 'summary':
        return summary(content)
    }
  }

  function render(page: Page, contents: readonly Content[], { link, acknowledge }: Extras): Rendered {
    const { labels } = say
    const links: Frame['links'] = []
    if (acknowledge)
      links.push({ address: acknowledge, label: contents.length === 1 ? labels.acknowledge : labels.acknowledgeAll, isAction: true })
    if (link) links.push({ address: link, label: labels.open, isAction: false })
    const footer = [...naming.ids(contents), `Hearthwatch · ${say.zone(figures.zone)}`]
    const frame = { language: say.tag, colon: say.colon, comma: say.comma, links, footer }
    return { subject: plainly(page.title), text: layText(page, frame), html: layHtml(page, frame) }
  }

  return {
    /** One message with all of these contents, oldest first. */
    message(contents: readonly Content[], extras: Extras = {}): Rendered {
      const [only] = contents
      const isOne = contents.length === 1 && only !== undefined
      const made = isOne ? page(only, extras) : digest(contents, extras.wasHeld === true)
      const { channel = '', used = 0, perMonth = 0 } = extras.budget ?? {}
      const line = { kind: 'line', text: say.spent(foreign(channel), figures.count(used), figures.count(perMonth)) } as const
      return render(extras.budget ? { ...made, blocks: [...made.blocks, line] } : made, contents, extras)
    },

    /** A test message. `server`: of a mail. */
    test({ channel, server, recipient, at, link = null }: TestOf): Rendered {
      const { labels } = say
      const time = figures.moment(at)
      const facts: Fact[] = [[labels.channel, foreign(channel)]]
      if (server !== undefined) facts.push([labels.server, foreign(server)], [labels.recipient, foreign(recipient)])
      facts.push([labels.sent, time])
      const blocks = [{ kind: 'line', text: say.test(foreign(channel)) } as const, { kind: 'facts', facts } as const]
      const preview = [time, ...(server === undefined ? [] : [foreign(server), foreign(recipient)])].join(' · ')
      return render({ title: say.titles.test, tone: 'calm', preview, blocks }, [], { link })
    },

    /** The names of rooms and of the rules of alerts. */
    names: naming.names,

    /** The last transition of this alert, in one sentence. */
    sentence: (alert: Alert) => plainly(titles.alert(lastStep(alert))),
  }
}
