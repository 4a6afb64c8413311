import type { Installation } from '../installation/installation.ts'
import type { Report, Step } from '../report.ts'
import { certificateFiles } from './balancer.ts'
import { type ClusterPlace, ensureFiles, runCluster } from './command.ts'
import type { ClusterBrokerName } from './registry.ts'

/**
 * An installation whose cluster of brokers gets each change: the files of its nodes are written after those of the house.
 * The nodes and their balancer watch them, so no broker has to be reloaded.
 * @param out folder of the cluster's files
 */
export function withCluster(
  installation: Installation,
  { broker, out, prefix }: { broker: ClusterBrokerName; out: string; prefix: ClusterPlace['prefix'] },
): Installation {
  const and = (write: () => Promise<Step[]>) => async (change: Promise<Report>) => {
    const report = await change
    return { ...report, steps: [...report.steps, ...(await write())], reload: false }
  }
  const all = and(async () => {
    const { steps } = await runCluster({ broker, out, nodes: undefined, json: false }, { installation, dir: '.', prefix })
    return steps
  })
  // The service that renews certificates does not know the passwords of all sensors.
  const certificates = and(async () => {
    const [certificate, clients] = [await installation.brokerCertificate(), await installation.clientAuthorities()]
    return ensureFiles(out, certificateFiles({ certificate, clients }))
  })
  const { devices } = installation
  return {
    ...installation,
    make: (...request) => all(installation.make(...request)),
    change: (...request) => all(installation.change(...request)),
    remove: (...request) => all(installation.remove(...request)),
    renew: (now) => certificates(installation.renew(now)),
    devices: {
      ...devices,
      change: (...request) => all(devices.change(...request)),
      remove: (...request) => all(devices.remove(...request)),
    },
  }
}
