import type { Log } from '@hearthwatch/log'
import type { Store } from '../store/store.ts'
import { type Forwarding, startForwarding, timings } from './forward.ts'
import { kindOf } from './registry.ts'

export interface BeginOptions {
  config: { FORWARD_URL?: string | undefined; SITE: string }
  store: Store
  timing?: Partial<typeof timings> | undefined
  log: Log
}

/**
 * Begins to forward. A monitor without a database first takes over what the target has of its site. Then no message is sent
 * twice, and the sensors send only what is missing there.
 * @returns null without FORWARD_URL
 */
export async function beginForwarding({ config, store, timing, log }: BeginOptions): Promise<Forwarding | null> {
  const { FORWARD_URL: url, SITE: site } = config
  if (url === undefined) {
    store.feed.end()
    return null
  }
  const wasEmpty = store.isEmpty()
  const instance = store.feed.start()
  if (wasEmpty) await takeOver({ url, site, instance, store, patience: timing?.patience ?? timings.patience, log })
  return startForwarding({ url, site, instance, store, timing, log })
}

interface TakeOverOptions {
  url: string
  site: string
  instance: string
  store: Store
  patience: number
  log: Log
}

async function takeOver({ url, site, instance, store, patience, log }: TakeOverOptions): Promise<void> {
  log.info('this database is empty; the state of the site is asked for', { site })
  try {
    const state = await kindOf(url)?.load?.({ url: new URL(url), site, instance, patience })
    if (state == null) return
    store.adopt(state)
    // The target has everything of before.
    if (state.isComplete) store.feed.rebuild = null
    const { alerts, epochs, tables } = state
    log.info('this database is empty, so the state of the site was taken over', {
      ...{ site, rules: tables.rule?.length ?? 0, openAlerts: alerts.length, outboxes: state.isComplete ? epochs.length : 0 },
    })
  } catch (error) {
    log.error('the state of the site cannot be taken over; this database begins empty', { site, why: (error as Error).message })
  }
}
