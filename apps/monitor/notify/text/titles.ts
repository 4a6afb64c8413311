import { baseQuantity } from '@hearthwatch/protocol'
import type { Alert } from '../../rules/alert.ts'
import type { Content } from '../../store/notifications.ts'
import type { Figures } from './figures.ts'
import type { About, Language, Phrase } from './language.ts'
import { foreign } from './text.ts'

export type AlertContent = Extract<Content, { kind: 'alert' }>

/** How long a stranger's text, or a rule's own, may be in a title. */
const textInTitle = 80

/** What happened, in one line: where, how much, what. */
export function createTitles(say: Language, { value, quantity, duration }: Figures) {
  function phraseOf(alert: Alert): Phrase {
    const { device, bound, text, window } = alert
    const own = alert.message?.[say.tag]
    const condition = conditionOf(alert)
    const said = condition === 'message' ? text : own
    const kind: About['kind'] =
      condition === 'message'
        ? 'message'
        : own !== undefined
          ? 'own'
          : alert.noData === 1
            ? 'silent'
            : condition === 'outside'
              ? 'above'
              : condition
    return say.phrase({
      kind,
      quantity: baseQuantity(alert.quantity ?? ''),
      name: alert.quantity === null ? '' : quantity(alert.quantity),
      limit: bound,
      device: device === null ? '' : foreign(device),
      amount: value(alert.value, alert.quantity),
      window: window === null || window === undefined ? '' : duration(window),
      text: foreign(said ?? '', textInTitle),
    })
  }

  /** What was measured, where it says something that the phrase does not. */
  function measured(alert: Alert, isOver: boolean): string {
    const condition = conditionOf(alert)
    if (condition === 'rises' || condition === 'falls' || alert.noData === 1) return ''
    return isOver && !isWell(alert) ? '' : value(alert.value, alert.quantity)
  }

  /** Where it is: the room, else the device. */
  const place = ({ room, device }: Alert) => foreign(room ?? device ?? '')

  return {
    /** @param where whether the room is named, too */
    alert({ transition, alert, at }: AlertContent, where = true): string {
      const phrase = phraseOf(alert)
      const lasted = duration(at - alert.started)
      const said = transition === 'firing' ? phrase.on : transition === 'repeat' ? phrase.still(lasted) : phrase.off(lasted)
      const isPlaced = where && (alert.room ?? alert.device) !== null
      const amount = measured(alert, transition === 'resolved')
      return isPlaced ? say.titles.alert(place(alert), amount, said) : say.titles.alert(amount, '', said)
    },

    lateAlert(alert: Alert, where = true): string {
      const began = alert.fired ?? alert.started
      const said = phraseOf(alert).late(duration((alert.resolved ?? began) - began))
      return where ? say.titles.alert(place(alert), measured(alert, false), said) : say.titles.alert(measured(alert, false), '', said)
    },
  }
}

/** What is the matter; what an older version has written did not say. */
export function conditionOf({ condition, rule }: Alert): Alert['condition'] {
  return (condition as Alert['condition'] | undefined) ?? (rule === 'offline' || rule === 'message' ? rule : 'above')
}

/** Whether its value is on the good side of the limit: ended by something else than a reading, it still has the one that began it. */
export function isWell(alert: Alert): boolean {
  const { value, bound } = alert
  return value !== null && bound !== null && (conditionOf(alert) === 'below' ? value >= bound : value <= bound)
}
