import type { Log } from '@hearthwatch/log'
import type { StoredChannel, StoredChannels } from '../store/channels.ts'
import { type Channel, DeliveryError } from './channels/channel.ts'
import { parseForm, typeOf } from './channels/from-form.ts'
import { type ChannelSettings, createChannel, type ParsedChannel } from './channels/registry.ts'
import type { Vapid } from './channels/vapid.ts'
import { type Audience, audienceOf } from './enqueue.ts'
import { type Localized, localized } from './text/localized.ts'

export interface ChannelSetOptions {
  /** The channels of SMTP_URL and NOTIFY_URLS. */
  fromSettings: readonly ParsedChannel[]
  stored: StoredChannels
  settings: Pick<ChannelSettings, 'TZ' | 'UI_LANGUAGE'>
  now: () => number
  /** For channels that are browsers. */
  vapid: Vapid
  log: Log
}

/** A channel of the settings, or one that a person made on the page. */
export interface Entry {
  name: string
  kind: string
  /** Null: it cannot be used. */
  channel: Channel | null
  /** Why it cannot be used. */
  wrong: Localized | null
  /** Null: it is of the settings. */
  stored: StoredChannel | null
}

export type ChannelSet = ReturnType<typeof createChannelSet>

/** All channels, those of the settings first. */
export function createChannelSet({ fromSettings, stored, settings, now, vapid, log }: ChannelSetOptions) {
  const entries = new Map<string, Entry>()
  let onGone: (name: string) => void = () => {}
  /** Notices a recipient that has left. */
  const watched = (channel: Channel): Channel => ({
    ...channel,
    async send(message) {
      try {
        await channel.send(message)
      } catch (error) {
        if (error instanceof DeliveryError && error.kind === 'gone') onGone(channel.name)
        throw error
      }
    },
  })
  const isRunning = ({ channel, stored }: Entry) => channel !== null && stored?.muted == null

  function put(made: StoredChannel): Entry {
    const { name, kind } = made
    const type = typeOf(kind)
    const result = type && parseForm(type, name, made.fields, settings)
    const isUsable = result !== undefined && 'channel' in result
    if (!isUsable) log.error('a channel of the page cannot be used; save it again on the page', { channel: name, kind, why: result?.wrong })
    const entry = {
      name,
      kind,
      channel: isUsable ? watched(createChannel(result.channel, now, vapid)) : null,
      wrong: isUsable ? null : unusable,
      stored: made,
    }
    entries.set(name, entry)
    return entry
  }

  for (const parsed of fromSettings)
    entries.set(parsed.name, {
      name: parsed.name,
      kind: parsed.kind,
      channel: createChannel(parsed, now, vapid),
      wrong: null,
      stored: null,
    })
  for (const made of stored.all()) {
    if (!entries.has(made.name)) put(made)
    else log.error('a channel of the page has the name of one in the settings and is not used; rename that one', { channel: made.name })
  }
  if (![...entries.values()].some(isRunning))
    log.warn('no notifications are sent: no channel is set up; add one on the page, under Notifications')

  return {
    put,
    /** Public key of the house, by which a browser subscribes; base64url. */
    pushKey: vapid.publicKey,

    /** @param then called when the recipient of a channel of the page has left, before its message fails */
    whenGone(then: (name: string) => void): void {
      onGone = then
    },

    remove: (name: string): void => void entries.delete(name),
    get: (name: string) => entries.get(name),
    all: () => [...entries.values()],
    names: () => [...entries.keys()],

    /** Channels that send. */
    running: (): Channel[] => [...entries.values()].flatMap((entry) => (entry.channel !== null && isRunning(entry) ? [entry.channel] : [])),

    audience: (): Audience =>
      [...entries.values()].flatMap((entry) =>
        entry.channel === null ? [] : audienceOf([entry.channel]).map((one) => ({ ...one, isMuted: !isRunning(entry) })),
      ),
  }
}

const unusable = localized('Its form cannot be read by this version: save it again.', '這個版本無法讀取它的設定：請重新儲存。')
