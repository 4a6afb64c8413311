import type { LiveState } from '../live/live-state.ts'
import type { Alert } from '../rules/alert.ts'
import type { Store } from '../store/store.ts'

/**
 * Marks alerts as seen by a person, which ends their repeats.
 * @returns the alerts that exist
 */
export function acknowledge(
  ids: readonly number[],
  { store, liveState, now }: { store: Pick<Store, 'transaction' | 'alerts'>; liveState: LiveState; now(): number },
): Alert[] {
  const alerts = store.transaction(() => ids.flatMap((id) => store.alerts.acknowledge(id, now()) ?? []))
  for (const alert of alerts) liveState.emit({ type: 'alert', data: alert })
  return alerts
}
