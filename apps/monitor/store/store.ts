import type { Log } from '@hearthwatch/log'
import { builtInRules } from '../rules/builtin.ts'
import { type AdoptedState, adopt, isEmpty } from './adopt.ts'
import { storeAlerts } from './alerts.ts'
import { storeAnnounced } from './announced.ts'
import { storeAnnouncements } from './announcements.ts'
import { storeAsides } from './aside.ts'
import { storeChannels } from './channels.ts'
import { storeControl } from './control.ts'
import { storeDevices } from './devices.ts'
import { storeFeed } from './feed/feed.ts'
import { openDatabase } from './file/open.ts'
import { diskReserve } from './file/reserve.ts'
import { watchDatabase } from './file/watch.ts'
import { storeLabels } from './labels.ts'
import { storeMarks } from './marks.ts'
import { storeMessages } from './messages.ts'
import { storeNotes } from './notes.ts'
import { storeNotifications } from './notifications.ts'
import { storePassword } from './password.ts'
import { storePruning } from './pruning.ts'
import { storeReadings } from './readings/readings.ts'
import { storeRecordProgress } from './record-progress.ts'
import { storeRules } from './rules.ts'
import { storeSecrets } from './secrets.ts'
import { storeSeriesStates } from './series-state.ts'
import { storeSessions } from './sessions.ts'
import { storeSilences } from './silences.ts'
import { storeWindowExtremes } from './window-extremes.ts'

export type Store = ReturnType<typeof openStore>

/**
 * Opens the database of the monitor, one SQLite file.
 * @param builtIn the built-in rules
 * @param care with it a damaged file is moved aside and a new one created. `onLost` is called if the file is deleted or
 *   replaced while in use.
 * @param feedLimit bytes that may wait to be forwarded
 * @throws DatabaseError if it cannot be used, with a message for the user
 */
export function openStore(
  file: string,
  builtIn = builtInRules(30),
  care?: { log: Log; onLost: () => void },
  { feedLimit }: { feedLimit?: number } = {},
) {
  const db = openDatabase(file, care?.log)
  const stopWatching = care && watchDatabase(db, file, care.log, care.onLost)
  const feed = storeFeed(db, feedLimit)
  const onDamage: Parameters<typeof storeReadings>[1] = ({ id, count, first }, why) =>
    care?.log.error('an archive block cannot be read; its readings are missing', {
      block: id,
      readings: count,
      from: new Date(first).toISOString(),
      why,
    })
  const readings = storeReadings(db, onDamage, feed.added)
  const devices = storeDevices(db)
  const alerts = storeAlerts(db)
  const notifications = storeNotifications(db)
  // A fleet sends in turns: a cache that has no room for all of it has each entry in vain.
  const mostCached = () => 10_000 + 2 * devices.count().introduced
  const records = storeRecordProgress(db, mostCached)
  const asides = storeAsides(db, mostCached)
  const seriesStates = storeSeriesStates(db)
  const windowExtremes = storeWindowExtremes(db)
  const rules = storeRules(db, builtIn)
  const silences = storeSilences(db)
  const labels = storeLabels(db)
  /** Reads the database again. */
  const forget = () => {
    for (const cached of [readings, devices, alerts, records, asides, seriesStates, windowExtremes, rules, silences, labels, feed])
      cached.forget()
  }
  return {
    readings,
    devices,
    alerts,
    notifications,
    records,
    asides,
    seriesStates,
    windowExtremes,
    rules,
    silences,
    feed,
    channels: storeChannels(db),
    announcements: storeAnnouncements(db),
    announced: storeAnnounced(db),
    labels,
    marks: storeMarks(db),
    messages: storeMessages(db),
    notes: storeNotes(db),
    control: storeControl(db),
    pruning: storePruning(db),
    secrets: storeSecrets(db),
    sessions: storeSessions(db),
    passwords: storePassword(db),
    diskReserve: diskReserve(file),

    /**
     * True for a new room without a device, and for a new device that has only an id: anyone can make them up. New means
     * first named during the last day and since the start.
     */
    isUnproven: ({ room, device }: { room: string | null; device: string | null }): boolean =>
      device === null ? room !== null && readings.admission.isNew(room) : devices.isNew(device),

    /** True without any device and reading. */
    isEmpty: () => isEmpty(db),

    /** Takes over the state of a site whose database is gone, in an empty one. */
    adopt(state: AdoptedState): void {
      db.transaction(() => adopt(db, state)).immediate()
      forget()
    },

    /** Runs `work` in a transaction. After an exception, file and caches are as before. */
    transaction<T>(work: () => T): T {
      try {
        return db
          .transaction(() => {
            const result = work()
            readings.flush()
            devices.flush()
            seriesStates.flush()
            windowExtremes.flush()
            feed.flush()
            return result
          })
          .immediate()
      } catch (error) {
        forget()
        throw error
      }
    },

    close(): void {
      db.close()
      stopWatching?.()
    },
  }
}
