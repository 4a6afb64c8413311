import type { Log } from '@hearthwatch/log'
import type { Config } from '../config.ts'
import type { LiveState } from '../live/live-state.ts'
import type { Store } from '../store/store.ts'
import { acknowledgeLinks } from './acknowledge-link.ts'
import type { Channel } from './channels/channel.ts'
import { type Notify, startNotify } from './deliver.ts'
import { composer } from './text/compose.ts'
import { createWords } from './text/words.ts'

export interface PeopleOptions {
  config: Pick<Config, 'UI_LANGUAGE' | 'TZ' | 'PUBLIC_URL' | 'GROUP_WAIT' | 'GROUP_INTERVAL'>
  store: Pick<Store, 'notifications' | 'readings' | 'secrets'>
  channels: readonly Channel[]
  now: () => number
  log: Log
  liveState: Pick<LiveState, 'emit'>
  /** While true nothing goes out. */
  held(): boolean
}

/** Starts to tell people what stands in the table, as the settings say. */
export function tellPeople({ config, store, channels, liveState, ...options }: PeopleOptions): Notify {
  const { notifications, readings, secrets } = store
  const words = createWords({ language: config.UI_LANGUAGE, timeZone: config.TZ })
  const links = acknowledgeLinks(secrets.key('acknowledge'))
  return startNotify({
    ...options,
    notifications,
    channels,
    compose: composer({ words, readings, links, publicUrl: config.PUBLIC_URL }),
    testMessage: (channel) => ({ ...words.test(channel), link: null }),
    onChange(ids) {
      for (const id of ids) liveState.emit({ type: 'notification', data: { id } })
    },
    language: config.UI_LANGUAGE,
    timeZone: config.TZ,
    groupWait: config.GROUP_WAIT,
    groupInterval: config.GROUP_INTERVAL,
  })
}
