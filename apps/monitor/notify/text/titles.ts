import { baseQuantity } from '@hearthwatch/protocol'
import type { Alert } from '../../rules/alert.ts'
import { fullDisk } from '../../rules/disk-machine.ts'
import type { Content } from '../../store/notifications.ts'
import type { Figures } from './figures.ts'
import type { About, Language, Phrase } from './language.ts'
import type { Naming } from './naming.ts'
import { foreign } from './text.ts'

export type AlertContent = Extract<Content, { kind: 'alert' }>

/** Longest text of a sensor or a rule in a title. */
const textInTitle = 80

/** Titles in one line: place, value, phrase. */
export function createTitles(say: Language, { value, quantity, duration }: Figures, naming: Naming) {
  function phraseOf(alert: Alert): Phrase {
    const { device, bound, text, window } = alert
    const own = alert.message?.[say.tag]
    const condition = conditionOf(alert)
    const message = condition === 'message' || condition === 'certificate' ? text : own
    const kind: About['kind'] =
      condition === 'message'
        ? 'message'
        : own !== undefined
          ? 'own'
          : alert.noData === 1
            ? 'silent'
            : condition === 'outside'
              ? 'above'
              : condition === 'disk' && text === fullDisk
                ? 'disk-full'
                : condition
    return say.phrase({
      kind,
      quantity: baseQuantity(alert.quantity ?? ''),
      name: alert.quantity === null ? '' : quantity(alert.quantity),
      limit: bound,
      device: device === null ? '' : foreign(device),
      amount: value(alert.value, alert.quantity, bound),
      window: window === null || window === undefined ? '' : duration(window),
      text: foreign(message ?? '', textInTitle),
    })
  }

  /** The value, unless the phrase already contains it or it is outdated. */
  function measured(alert: Alert, isResolved: boolean): string {
    const condition = conditionOf(alert)
    if (condition === 'rises' || condition === 'falls' || alert.noData === 1) return ''
    return isResolved && !isWithinLimit(alert) ? '' : value(alert.value, alert.quantity, alert.bound)
  }

  /** The room, else the device. */
  const place = ({ room, device }: Alert) => (room === null ? foreign(device ?? '') : naming.room(room))

  return {
    place,
    phraseOf,
    /** The value that raised an alert, or resolved it; empty: none, or its phrase contains it. */
    measured: (alert: Alert, isResolved = false): string => measured(alert, isResolved),

    alert({ transition, alert, at }: AlertContent): string {
      const phrase = phraseOf(alert)
      const lasted = duration(at - alert.started)
      const over = alert.ended ? say.ended[alert.ended](phrase.on, naming.rule(alert)) : phrase.off(lasted)
      const text = transition === 'firing' ? phrase.on : transition === 'repeat' ? phrase.still(lasted) : over
      const isPlaced = (alert.room ?? alert.device) !== null
      const amount = measured(alert, transition === 'resolved')
      return isPlaced ? say.titles.alert(place(alert), amount, text) : say.titles.alert(amount, '', text)
    },

    lateAlert(alert: Alert): string {
      const began = alert.fired ?? alert.started
      const text = phraseOf(alert).late(duration((alert.resolved ?? began) - began))
      return say.titles.alert(place(alert), measured(alert, false), text)
    },
  }
}

/** The condition; rows of an older version have none. */
export function conditionOf({ condition, rule }: Alert): Alert['condition'] {
  return (condition as Alert['condition'] | undefined) ?? (rule === 'offline' || rule === 'message' ? rule : 'above')
}

/** True if the value is within the limit. An alert that no reading resolved still has the value that fired it. */
export function isWithinLimit(alert: Alert): boolean {
  const { value, bound } = alert
  return value !== null && bound !== null && (conditionOf(alert) === 'below' ? value >= bound : value <= bound)
}
