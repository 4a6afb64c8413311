import { once } from 'node:events'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type House, openHouse } from './open.ts'
import { play } from './story.ts'
import { createTerminal } from './terminal.ts'
import { words as languages } from './words.ts'

const help = `npm run demo [-- --once] [-- --language en|zh-TW]

The whole house on this machine: a broker with passwords, the monitor, five simulated rooms and a mail inbox.
A story plays by itself in less than a minute; then the house goes on until Ctrl-C.

  --once           play the story and end: 0 if every step was seen, 1 otherwise
  --language L     en or zh-TW (default: UI_LANGUAGE, else en)
  --data FOLDER    where the database and the mails are kept (default: a folder of its own in data/)`

process.exitCode = await main()

async function main(): Promise<number> {
  const options = readOptions()
  if (typeof options === 'string') {
    console.error(`${options}\n\n${help}`)
    return 2
  }
  if (options.help) {
    console.log(help)
    return 0
  }
  const words = languages[options.language]
  const terminal = createTerminal()
  const ending = new AbortController()
  let died = false
  const stop = () => ending.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  // `npm run demo | head`: nobody reads on.
  process.stdout.on('error', stop)

  let house: House | undefined
  let missed: string | null = null
  try {
    const folder = options.data ?? (await ownFolder())
    const onDeath = () => {
      died = true
      stop()
    }
    house = await openHouse({ folder, language: options.language, words, terminal, signal: ending.signal, onDeath })
    missed = await play({ ...house, signal: ending.signal })
    if (missed !== null) terminal.trouble(words.failed(missed))
    if (!options.once && missed === null) {
      terminal.story(words.done)
      if (!ending.signal.aborted) await once(ending.signal, 'abort')
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error
  } finally {
    terminal.story(words.stopping)
    await house?.close()
  }
  const cutShort = options.once === true && ending.signal.aborted
  return died || missed !== null || cutShort ? 1 : 0
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, once: { type: 'boolean' }, language: { type: 'string' }, data: { type: 'string' } },
    })
    const language = values.language ?? process.env.UI_LANGUAGE ?? 'en'
    if (language !== 'en' && language !== 'zh-TW') return `--language is en or zh-TW, not ${language}`
    return { ...values, language } as const
  } catch (error) {
    return (error as Error).message
  }
}

/** `data/demo-{process id}`; those of demos that have ended are cleared away. */
async function ownFolder(): Promise<string> {
  const data = join(import.meta.dirname, '..', '..', 'data')
  await mkdir(data, { recursive: true })
  for (const name of await readdir(data)) {
    const pid = /^demo-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(data, name), { recursive: true, force: true })
  }
  const folder = join(data, `demo-${process.pid}`)
  await mkdir(folder, { recursive: true })
  return folder
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
