import type { Alert } from '@hearthwatch/api/alerts'
import type { Channel } from '@hearthwatch/api/channels'
import type { Device, ForeignDevice, Problem } from '@hearthwatch/api/devices'
import type { Localized } from '@hearthwatch/api/localized'
import type { Notification } from '@hearthwatch/api/notifications'
import type { Room } from '@hearthwatch/api/rooms'
import type { Static } from 'typebox'
import type { RoomView } from '../live/room-view.ts'
import type { ListedChannel } from '../notify/own-channels.ts'
import { createWords } from '../notify/text/words.ts'
import type { Alert as StoredAlert } from '../rules/alert.ts'
import type { Device as StoredDevice } from '../store/devices.ts'
import type { Label } from '../store/labels.ts'
import type { ListedMessage } from '../store/messages.ts'
import { namesOf } from '../store/names.ts'
import type { Store } from '../store/store.ts'
import type { WebConfig } from './app.ts'

export type Views = ReturnType<typeof createViews>

/** The questions about a device that its row does not answer. */
export interface DeviceQuestions {
  /** True if a device claims to have an outbox but sends no batches. */
  isFaulty(device: StoredDevice): boolean
  /** True if setup or a person has given the device its room. */
  isConfirmed(device: StoredDevice): boolean
  problemsOf(device: StoredDevice): Problem[]
}

/** An error as a sentence in `UI_LANGUAGE`, and in both languages for the page. */
export const errorIn = <E extends Localized | null>(language: keyof Localized, error: E) => ({
  error: (error?.[language] ?? null) as E extends null ? string | null : string,
  errorWords: error,
})

function foreignOf({ described }: StoredDevice): ForeignDevice | null {
  if (described === null) return null
  const { quantities: _, ...foreign } = described
  return foreign
}

/** Builds answers with the fields of the contract and no others. */
export function createViews(
  { UI_LANGUAGE: language, TZ: timeZone }: WebConfig,
  { messages, records, labels, rules }: Pick<Store, 'messages' | 'records' | 'labels' | 'rules'>,
  { isFaulty, isConfirmed, problemsOf }: DeviceQuestions,
) {
  const words = createWords({ language, timeZone, names: namesOf({ labels, rules }) })

  function alert(stored: StoredAlert): Static<typeof Alert> {
    const { id, rule, condition, room, device, quantity, state, severity, value, peak, bound: limit, window } = stored
    const { started, fired, resolved, ended, acknowledged, silenced, inhibited, tellings, text, message: own } = stored
    const what = { id, rule, condition, room, device, quantity, state, severity, value, peak, limit, window, text, words: own }
    const when = { started, fired, resolved, ended, acknowledged, silenced, inhibited, tellings }
    return {
      ...what,
      ...when,
      title: words.names.rule(stored),
      noData: stored.noData === 1,
      late: stored.late === 1,
      message: words.sentence(stored),
    }
  }

  const channel = (listed: ListedChannel): Static<typeof Channel> => ({ ...listed, ...errorIn(language, listed.error) })

  const message = ({ error, about, ...rest }: ListedMessage): Static<typeof Notification> => ({
    ...rest,
    ...errorIn(language, error),
    about: about.map((item) => ({ ...item, title: item.rule === null ? null : words.names.rule({ ...item, rule: item.rule }) })),
  })

  return {
    alert,
    channel,

    room: (view: RoomView, label: Label | undefined): Static<typeof Room> => ({
      ...view,
      name: label?.name ?? null,
      icon: label?.icon ?? null,
      group: label?.group ?? null,
      alerts: view.alerts.map(alert),
    }),

    device(stored: StoredDevice): Static<typeof Device> {
      const { id, room, status, seen, info, heartbeat } = stored
      const record = id === null ? undefined : records.latest(id)
      return {
        id,
        room,
        confirmed: isConfirmed(stored),
        status,
        lastSeen: seen,
        epoch: info?.epoch ?? record?.epoch ?? null,
        seq: record?.kept ?? null,
        missing: id === null ? 0 : records.missing(id),
        outbox: heartbeat?.outbox ?? null,
        skew: record?.skew ?? null,
        faulty: isFaulty(stored),
        heartbeat,
        version: info?.version ?? heartbeat?.version ?? stored.described?.version ?? null,
        interval: info?.interval ?? null,
        probes: (info?.readings ?? []).map(({ key, topic, unit = null, probe = null }) => ({ key, topic, unit, probe })),
        problems: problemsOf(stored),
        foreign: foreignOf(stored),
      }
    },

    notification(id: number): Static<typeof Notification> | null {
      const found = messages.of(id)
      return found && message(found)
    },

    messages: (): Static<typeof Notification>[] => messages.list().map(message),
  }
}
