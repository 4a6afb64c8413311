import type { Log } from '@hearthwatch/log'
import { second } from '@hearthwatch/protocol/durations'

/** Lines of alerts within a second that are printed one by one. */
const most = 5

export type AlertState = 'firing' | 'resolved'

/** Logs alerts: the first of a second one by one, the rest of a storm as one line a second with their numbers. */
export function createAlertLines(log: Log): (state: AlertState, about: Record<string, unknown>) => void {
  let printed = 0
  let counts: Record<AlertState, number> = { firing: 0, resolved: 0 }
  let timer: NodeJS.Timeout | undefined

  function everySecond(): void {
    const { firing, resolved } = counts
    const isStorm = firing + resolved > 0
    if (isStorm) log.info('more alerts within a second', { firing, resolved })
    counts = { firing: 0, resolved: 0 }
    printed = 0
    timer = isStorm ? setTimeout(everySecond, second) : undefined
    timer?.unref()
  }

  return (state, about) => {
    timer ??= setTimeout(everySecond, second).unref()
    if (printed < most) log.info(`alert ${state}`, about)
    else counts[state] += 1
    printed += 1
  }
}
