import type { FieldProblem } from '@hearthwatch/api/errors'
import type { Log } from '@hearthwatch/log'
import type { StoredChannel } from '../store/channels.ts'
import type { Store } from '../store/store.ts'
import type { ChannelSet, Entry } from './channel-set.ts'
import { fieldsOf, parseForm, problemsOf, tidied, typeOf } from './channels/from-form.ts'
import type { ChannelType } from './channels/kind.ts'
import { nameOf } from './channels/options.ts'
import type { ChannelSettings } from './channels/registry.ts'
import type { ChannelState, Notify } from './deliver.ts'
import { type Localized, localized } from './text/localized.ts'

export interface OwnChannelsOptions {
  set: ChannelSet
  store: Pick<Store, 'channels' | 'transaction'>
  notify: Pick<Notify, 'channels' | 'start' | 'stop'>
  settings: Pick<ChannelSettings, 'TZ' | 'UI_LANGUAGE'>
  now: () => number
  log: Log
}

/** A channel as the API shows it. */
export interface ListedChannel extends ChannelState {
  /** `env`: of SMTP_URL or NOTIFY_URLS, which only a person on the monitor's machine can change. */
  source: 'env' | 'page'
  /** ms: since when it gets no messages; null: it gets them. */
  muted: number | null
}

/** A request that cannot be fulfilled. `fields` are the wrong fields. */
export class ChannelMistake extends Error {
  override name = 'ChannelMistake'
  readonly reason: 'wrong' | 'taken' | 'not-found' | 'read-only' | 'too-many'
  readonly fields: readonly FieldProblem[]
  constructor(reason: ChannelMistake['reason'], message: string, fields: readonly FieldProblem[] = []) {
    super(message)
    this.reason = reason
    this.fields = fields
  }
}

/** Given values by field; null empties a field, and a secret that is not given stays. */
export type GivenFields = Readonly<Record<string, string | null>>

const mostChannels = 50
/** The default recipient in docker-compose.yml, whose mails end in the inbox beside it. */
const inboxOfCompose = 'you@home.example'
const removed = localized('The channel was removed.', '這個管道已被移除。')
const left = localized('The recipient has left for good; the channel was removed.', '收件者已不存在，這個管道已移除。')
const muted = localized('The channel was muted.', '這個管道已被靜音。')

export type OwnChannels = ReturnType<typeof createOwnChannels>

/** Changes of channels by a person on the page. A change takes effect at once; messages of other channels do not wait for it. */
export function createOwnChannels({ set, store, notify, settings, now, log }: OwnChannelsOptions) {
  let last: Promise<unknown> = Promise.resolve()
  /** One change after the other: each waits for the messages that its channel is sending. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const mine = last.then(change)
    last = mine.catch(() => {})
    return mine
  }

  function listed({ name, kind, channel, wrong, stored }: Entry): ListedChannel {
    const running = notify.channels().find((one) => one.name === name)
    const source = stored === null ? ('env' as const) : ('page' as const)
    const none = {
      recipients: channel?.recipients.length ?? 0,
      paused: wrong !== null,
      error: wrong,
      quiet: false,
      budget: null,
    }
    return { ...(running ?? { name, kind, ...none }), source, muted: stored?.muted ?? null }
  }

  function own(name: string): Entry & { stored: StoredChannel } {
    const entry = set.get(name)
    if (entry === undefined) throw new ChannelMistake('not-found', `There is no channel ${name}.`)
    const { stored } = entry
    if (stored === null)
      throw new ChannelMistake('read-only', `${name} is a channel of the settings: change it in .env, and restart the monitor.`)
    return { ...entry, stored }
  }

  /** Stores a channel and starts it anew. @param why for messages that wait; null: the new channel sends them */
  async function replace(made: StoredChannel, why: Localized | null): Promise<ListedChannel> {
    store.transaction(() => store.channels.put(made))
    await notify.stop(made.name, why)
    const entry = set.put(made)
    if (entry.channel !== null && made.muted === null) notify.start(entry.channel)
    return listed(entry)
  }

  function check(type: ChannelType, name: string, fields: StoredChannel['fields'], more: readonly FieldProblem[] = []): void {
    const problems = [...more, ...problemsOf(type, fields)]
    if (problems.length > 0)
      throw new ChannelMistake('wrong', `Wrong fields: ${[...new Set(problems.map(({ field }) => field))].join(', ')}.`, problems)
    const result = parseForm(type, name, fields, settings)
    if ('wrong' in result) throw new ChannelMistake('wrong', `This channel ${result.wrong.join('; it ')}.`)
  }

  set.whenGone(
    (name) =>
      void inTurn(async () => {
        if (set.get(name)?.stored == null) return
        store.transaction(() => store.channels.remove(name))
        set.remove(name)
        log.warn('the recipient of a channel has left for good; the channel is removed', { channel: name })
        await notify.stop(name, left)
      }).catch((error) => log.error('a bug: a channel whose recipient has left could not be removed', { channel: name, error })),
  )

  return {
    /** Public key of the house, by which a browser subscribes; base64url. */
    pushKey: set.pushKey,

    list: (): ListedChannel[] => set.all().map(listed),

    /** True if a channel sends to a person. */
    isTelling: (): boolean =>
      set.all().some((entry) => {
        const { muted, paused } = listed(entry)
        return muted === null && !paused && entry.channel?.recipients.some((recipient) => recipient !== inboxOfCompose)
      }),

    /** The values of the form, and the names of its secrets that are set. @throws ChannelMistake */
    form(name: string): { name: string; kind: string; fields: StoredChannel['fields']; secrets: string[] } {
      const { kind, stored } = own(name)
      const secrets = new Set(secretsOf(typeOf(kind)))
      const shown = Object.entries(stored.fields).filter(([field]) => !secrets.has(field))
      return { name, kind, fields: Object.fromEntries(shown), secrets: Object.keys(stored.fields).filter((field) => secrets.has(field)) }
    },

    /** @throws ChannelMistake */
    add: (name: string, kind: string, given: GivenFields): Promise<ListedChannel> =>
      inTurn(async () => {
        const type = typeOf(kind)
        if (type === undefined) throw new ChannelMistake('wrong', `There is no kind ${kind}.`, [{ field: 'kind', problem: 'not-one-of' }])
        if (nameOf(name) === undefined)
          throw new ChannelMistake('wrong', 'The name needs up to 32 letters, digits, - and _.', [
            { field: 'name', problem: 'wrong-format' },
          ])
        if (set.get(name)) throw new ChannelMistake('taken', `There is a channel ${name} already.`, [{ field: 'name', problem: 'taken' }])
        if (set.names().length >= mostChannels)
          throw new ChannelMistake('too-many', `There are ${mostChannels} channels, which is the most.`)
        const fields = tidied(withoutNulls(given))
        check(type, name, fields)
        log.info('a channel was added on the page', { channel: name, kind })
        return replace({ name, kind, fields, muted: null }, null)
      }),

    /** Changes the values of a channel. A secret that is not given stays, unless its server changes. @throws ChannelMistake */
    edit: (name: string, given: GivenFields): Promise<ListedChannel> =>
      inTurn(async () => {
        const { kind, stored } = own(name)
        const type = typeOf(kind)
        if (type === undefined) throw new ChannelMistake('wrong', `This version has no kind ${kind}.`)
        const fields = tidied(withoutNulls(given))
        const kept = secretsOf(type).filter((field) => stored.fields[field] !== undefined && !fields[field] && given[field] !== null)
        const isElsewhere = type.form.fields.some(
          (field) => field.isServer && (fields[field.name] ?? '') !== (stored.fields[field.name] ?? ''),
        )
        const missing = isElsewhere ? kept.map((field) => ({ field, problem: 'missing' }) as const) : []
        const merged = { ...fields, ...Object.fromEntries(kept.map((field) => [field, stored.fields[field] ?? ''])) }
        check(type, name, merged, missing)
        log.info('a channel was changed on the page', { channel: name, kind })
        return replace({ ...stored, fields: merged }, null)
      }),

    /** A muted channel gets no messages; those that wait are given up. @throws ChannelMistake */
    mute: (name: string, isMuted: boolean): Promise<ListedChannel> =>
      inTurn(async () => {
        const { stored } = own(name)
        if ((stored.muted !== null) !== isMuted)
          log.info(isMuted ? 'a channel was muted' : 'a channel is no longer muted', { channel: name })
        return replace({ ...stored, muted: isMuted ? (stored.muted ?? now()) : null }, isMuted ? muted : null)
      }),

    /** @throws ChannelMistake */
    remove: (name: string): Promise<void> =>
      inTurn(async () => {
        own(name)
        store.transaction(() => store.channels.remove(name))
        set.remove(name)
        await notify.stop(name, removed)
        log.info('a channel was removed on the page', { channel: name })
      }),
  }
}

const secretsOf = (type: ChannelType | undefined) =>
  type === undefined ? [] : fieldsOf(type).flatMap(({ name, isSecret }) => (isSecret ? [name] : []))

const withoutNulls = (given: GivenFields) => Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value ?? '']))
