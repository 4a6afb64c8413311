import type { Static } from 'typebox'
import type { RoomView } from '../board.ts'
import { createWords } from '../notify/words.ts'
import type { Alert as StoredAlert } from '../store/alerts.ts'
import type { Device as StoredDevice } from '../store/devices.ts'
import type { Notifications } from '../store/notifications.ts'
import type { Alert, Device, Notification, Room } from './schemas.ts'
import type { WebConfig } from './server.ts'

export type Views = ReturnType<typeof createViews>

/** What of the house is shown to the outside: the contract's fields and no other. */
export function createViews({ UI_LANGUAGE: language, TZ: timeZone }: WebConfig, notifications: Notifications) {
  const words = createWords({ language, timeZone })

  function alert(stored: StoredAlert): Static<typeof Alert> {
    const { id, rule, room, device, quantity, state, severity, value, started, fired, resolved, acknowledged } = stored
    const message = words.sentence(stored)
    return { id, rule, room, device, quantity, state, severity, value, started, fired, resolved, acknowledged, message }
  }

  return {
    alert,

    room: (view: RoomView): Static<typeof Room> => ({ ...view, alerts: view.alerts.map(alert) }),

    device: ({ id, room, status, seen, info, heartbeat }: StoredDevice): Static<typeof Device> => ({
      id,
      room,
      status,
      lastSeen: seen,
      epoch: info?.epoch ?? null,
      // Of the record nothing is kept yet.
      seq: null,
      missing: 0,
      outbox: heartbeat?.outbox ?? null,
      skew: null,
      heartbeat,
      version: info?.version ?? heartbeat?.version ?? null,
    }),

    notification: (id: number): Static<typeof Notification> | null => notifications.get(id) ?? null,
  }
}
