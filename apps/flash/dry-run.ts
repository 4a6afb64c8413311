import type { BootPartition } from './boot/partition.ts'
import type { Change } from './card/plan.ts'
import type { Words } from './words/words.ts'

/** All changes for people: each file, and the new lines of a text. Secrets are left out. */
export async function describeChanges(boot: BootPartition, changes: readonly Change[], words: Words): Promise<string> {
  const parts = await Promise.all(
    changes.map(async ({ path, content, isSecret }) => {
      if (content === null) return words.wouldDelete(path)
      const heading = words.wouldWrite(path, content.length)
      if (isSecret) return `${heading} ${words.secret}`
      // The package and the installer are too long to be read here.
      if (content.length > 4096 || content.includes(0)) return heading
      const before = new Set(((await boot.read(path))?.toString('utf8') ?? '').split('\n'))
      const after = content.toString('utf8').split('\n')
      const gone = [...before].filter((line) => line !== '' && !after.includes(line))
      const fresh = after.filter((line) => line !== '' && !before.has(line))
      return [heading, ...gone.map((line) => `  - ${line}`), ...fresh.map((line) => `  + ${line}`)].join('\n')
    }),
  )
  return parts.join('\n')
}
