import type { BootPartition } from './boot/partition.ts'
import { CardError } from './boot/partition.ts'
import { type Change, holds } from './card/plan.ts'
import type { Progress } from './progress.ts'
import type { Words } from './words/words.ts'

/** A person has stopped the run. */
export class Stopped extends Error {}

/** Writes the changes in their order, and reads them back. @throws CardError, Stopped */
export async function writeChanges(
  boot: BootPartition,
  changes: readonly Change[],
  { progress, words, signal }: { progress: Progress; words: Words; signal: AbortSignal },
): Promise<void> {
  const total = changes.reduce((sum, { content }) => sum + (content?.length ?? 0), 0)
  const free = (await boot.free()) + (await replaced(boot, changes))
  // Each file takes whole clusters, and a replaced one is beside the new one for a moment.
  const needed = total + changes.length * 64 * 1024
  if (needed > free) throw new CardError(words.full(needed, free))
  let done = 0
  progress.step(words.writing, 0)
  for (const { path, content } of changes) {
    const check = () => {
      if (signal.aborted) throw new Stopped(words.stopped)
    }
    check()
    if (content === null) await boot.remove(path)
    else
      await boot.write(path, content, (share) => {
        check()
        progress.step(words.writing, Math.min(0.999, (done + share * content.length) / Math.max(1, total)))
      })
    done += content?.length ?? 0
  }
  progress.step(words.writing, 1)
  progress.step(words.verifying, 0)
  for (const [index, change] of changes.entries()) {
    if (!(await holds(boot, change))) throw new CardError(words.notHeld(change.path))
    progress.step(words.verifying, (index + 1) / (changes.length + 1))
  }
  progress.step(words.verifying, 1)
}

/** Bytes of the files that go. */
async function replaced(boot: BootPartition, changes: readonly Change[]): Promise<number> {
  const sizes = await Promise.all(
    changes.filter(({ content }) => content === null).map(async ({ path }) => (await boot.read(path))?.length ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
