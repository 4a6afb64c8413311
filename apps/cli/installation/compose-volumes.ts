import { join } from 'node:path'
import { withCluster } from '../cluster/with-cluster.ts'
import { readChosen, readCluster, readTopicPrefix } from '../config.ts'
import type { SensorRequest } from '../setup-request.ts'
import { openContainers } from './containers.ts'
import type { Installation } from './installation.ts'

/**
 * The installation of Docker Compose, as setup sees it in its container, with the settings of `.env`. With `CLUSTER`, the
 * volume `cluster` has the files of the brokers.
 * @param dir the folder in which the volumes are mounted; by default `/secrets`
 * @param services the sensors among the services
 * @throws UsageError for a `CLUSTER` that setup does not know
 */
export function openComposeVolumes(dir: string | undefined, services: readonly SensorRequest[]): Installation {
  const root = dir === undefined || dir === '.' ? '/secrets' : dir
  const installation = openContainers(root, services, readChosen())
  const broker = readCluster()
  return broker === undefined ? installation : withCluster(installation, { broker, out: join(root, 'cluster'), prefix: readTopicPrefix() })
}
