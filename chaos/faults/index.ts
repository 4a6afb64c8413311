import { cardFaults } from './cards.ts'
import { clockFaults } from './clocks.ts'
import { clusterFaults } from './clusters.ts'
import { databaseFaults } from './databases.ts'
import { diskFaults } from './disks.ts'
import type { Fault } from './fault.ts'
import { linkFaults } from './links.ts'
import { programFaults } from './programs.ts'

const ofFiles: readonly Fault[] = [...clockFaults, ...diskFaults, ...databaseFaults, ...cardFaults]

/** All faults. Their weights determine how often each one is chosen. */
export const faults: readonly Fault[] = [...programFaults, ...linkFaults, ...ofFiles, ...clusterFaults]

/** The faults of a run without a choice. Those of files and clocks are the same with any broker, so a run on a cluster has none of them. */
export const usualFaults = (onCluster: boolean): readonly Fault[] => [
  ...programFaults,
  ...linkFaults,
  ...(onCluster ? clusterFaults : ofFiles),
]
