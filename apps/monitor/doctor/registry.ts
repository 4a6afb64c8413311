import type { Check } from './check.ts'
import { backupCheck } from './checks/backup.ts'
import { certificatesCheck } from './checks/certificates.ts'
import { channelsCheck } from './checks/channels.ts'
import { clockCheck } from './checks/clock.ts'
import { databaseCheck } from './checks/database.ts'
import { deliveryCheck } from './checks/delivery.ts'
import { diskCheck } from './checks/disk.ts'
import { forwardingCheck } from './checks/forwarding.ts'
import { growthCheck } from './checks/growth.ts'
import { homeAssistantCheck } from './checks/home-assistant.ts'
import { limitsCheck } from './checks/limits.ts'
import { listenersCheck } from './checks/listeners.ts'
import { networkCheck } from './checks/network.ts'
import { pageCheck } from './checks/page.ts'
import { sensorsCheck } from './checks/sensors.ts'
import { settingsCheck } from './checks/settings.ts'
import { supervisorCheck } from './checks/supervisor.ts'
import { versionsCheck } from './checks/versions.ts'

/** One line for each check, in the order in which they are printed. */
export const checks: readonly Check[] = [
  settingsCheck,
  versionsCheck,
  supervisorCheck,
  diskCheck,
  growthCheck,
  databaseCheck,
  backupCheck,
  clockCheck,
  networkCheck,
  listenersCheck,
  certificatesCheck,
  deliveryCheck,
  limitsCheck,
  homeAssistantCheck,
  forwardingCheck,
  sensorsCheck,
  channelsCheck,
  pageCheck,
]

/** Checks whose findings have ids of their own. */
const partOf: Readonly<Record<string, string>> = { dns: 'network', tcp: 'network', tls: 'network', login: 'delivery' }

/** The place of a finding in the order of the checks. */
export const placeOf = (id: string): number => {
  const [root = ''] = id.split('.')
  return checks.findIndex((check) => check.id === (partOf[root] ?? root))
}
