import type { FeedEntry, FeedRow } from '../../store/feed/entry.ts'
import type { SeriesName } from '../../store/readings/series-name.ts'

/** Changes that are written together: the deletions first. */
export interface Part
  extends Pick<FeedEntry, 'readings' | 'alerts' | 'dropped' | 'gaps' | 'epochs' | 'devices' | 'removedDevices' | 'tables'> {
  deleted: SeriesName[]
}

/** The entries as few large parts. A deletion begins a part, since readings before it go and those after it stay. */
export function merged(rows: readonly FeedRow[]): Part[] {
  const runs: Partial<FeedEntry>[][] = []
  for (const { entry } of rows) {
    const run = runs.at(-1)
    if (run === undefined || entry.deleted !== undefined) runs.push([entry])
    else run.push(entry)
  }
  return runs.map(partOf)
}

/** Of a row that has changed several times, the last state counts. */
function partOf(entries: readonly Partial<FeedEntry>[]): Part {
  const alerts = new Map<number, FeedEntry['alerts'][number] | null>()
  const devices = new Map<string, FeedEntry['devices'][number] | null>()
  for (const entry of entries) {
    for (const alert of entry.alerts ?? []) alerts.set(alert.id, alert)
    for (const id of entry.dropped ?? []) alerts.set(id, null)
    for (const device of entry.devices ?? []) devices.set(device.key, device)
    for (const key of entry.removedDevices ?? []) devices.set(key, null)
  }
  return {
    deleted: entries[0]?.deleted ?? [],
    readings: together(entries),
    alerts: there(alerts),
    dropped: gone(alerts),
    gaps: lastOf(entries, 'gaps', ({ device, epoch, first }) => [device, epoch, first]),
    epochs: lastOf(entries, 'epochs', ({ device, epoch }) => [device, epoch]),
    devices: there(devices),
    removedDevices: gone(devices),
    tables: Object.assign({}, ...entries.map(({ tables }) => tables)),
  }
}

const there = <T>(states: ReadonlyMap<unknown, T | null>): T[] => [...states.values()].filter((state) => state !== null)
const gone = <K>(states: ReadonlyMap<K, unknown>): K[] => [...states].flatMap(([key, state]) => (state === null ? [key] : []))

function lastOf<K extends 'gaps' | 'epochs'>(
  entries: readonly Partial<FeedEntry>[],
  name: K,
  keyOf: (row: FeedEntry[K][number]) => readonly unknown[],
): FeedEntry[K] {
  const rows = entries.flatMap((entry): FeedEntry[K][number][] => entry[name] ?? [])
  return [...new Map(rows.map((row) => [JSON.stringify(keyOf(row)), row])).values()] as FeedEntry[K]
}

/** The readings of each series in one list. */
function together(entries: readonly Partial<FeedEntry>[]): FeedEntry['readings'] {
  const found = new Map<string, FeedEntry['readings'][number]>()
  for (const { series, rows } of entries.flatMap((entry) => entry.readings ?? [])) {
    const key = JSON.stringify(series)
    const before = found.get(key)
    if (before) for (const row of rows) before.rows.push(row)
    else found.set(key, { series, rows: [...rows] })
  }
  return [...found.values()]
}
