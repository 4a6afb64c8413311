import type { BootPartition } from './boot/partition.ts'
import { folder } from './card/inspect.ts'
import type { Words } from './words/words.ts'

/** The install log of a card, and its meaning. */
export async function explainLog(boot: BootPartition, words: Words): Promise<{ text: string; isGood: boolean }> {
  const card = await boot.read(`${folder}/card.json`)
  if (card === undefined) return { text: words.never, isGood: false }
  const log = (await boot.read(`${folder}/install.log`))?.toString('utf8').trim() ?? ''
  if (log === '') return { text: words.noLog, isGood: false }
  const dpkg = (await boot.read(`${folder}/dpkg.log`))?.toString('utf8').trim()
  const lines = log.split('\n')
  const last = lines.at(-1) ?? ''
  const error = / ERROR (.*)$/.exec(last)?.[1]
  const isGood = / ready: /.test(last)
  const meaning = error !== undefined ? words.failed(error) : isGood ? words.ready : words.unfinished
  const shown = [...lines.slice(-20), ...(dpkg ? ['dpkg.log:', ...dpkg.split('\n').slice(-8)] : [])]
  return { text: [words.log, ...shown.map((line) => `  ${line}`), '', meaning].join('\n'), isGood }
}
