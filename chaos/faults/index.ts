import { cardFaults } from './cards.ts'
import { clockFaults } from './clocks.ts'
import { databaseFaults } from './databases.ts'
import { diskFaults } from './disks.ts'
import type { Fault } from './fault.ts'
import { linkFaults } from './links.ts'
import { programFaults } from './programs.ts'

/** All that happens to the house. The weight of each says how often, beside the others. */
export const faults: readonly Fault[] = [...programFaults, ...clockFaults, ...linkFaults, ...diskFaults, ...databaseFaults, ...cardFaults]
