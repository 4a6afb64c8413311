import { appendFileSync } from 'node:fs'
import { readOutbox, readTaken } from '../rows.ts'
import type { Clone } from '../testbed.ts'

/** Kills a sensor, and logs the readings that it has committed but not logged. */
export async function killSensor({ program, outboxFile, takenFile }: Clone): Promise<void> {
  await program.kill()
  const logged = new Set(readTaken(takenFile))
  for (const key of readOutbox(outboxFile).filter((one) => !logged.has(one))) {
    const [quantity = '', time, value] = key.split(' ')
    appendFileSync(takenFile, `0 ${time} ${JSON.stringify({ [quantity]: Number(value) })}\n`)
  }
}
