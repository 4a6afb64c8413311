import { cardFaults } from './cards.ts'
import { clockFaults } from './clocks.ts'
import { clusterFaults } from './clusters.ts'
import { databaseFaults } from './databases.ts'
import { diskFaults } from './disks.ts'
import type { Fault } from './fault.ts'
import { linkFaults } from './links.ts'
import { programFaults } from './programs.ts'

/** All faults. Their weights determine how often each one is chosen. */
export const faults: readonly Fault[] = [
  ...programFaults,
  ...clockFaults,
  ...linkFaults,
  ...diskFaults,
  ...databaseFaults,
  ...cardFaults,
  ...clusterFaults,
]
