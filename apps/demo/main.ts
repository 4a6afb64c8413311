import { once } from 'node:events'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { commandLanguage, languageOf } from '@hearthwatch/settings'
import { type Demo, startDemo } from './start.ts'
import { play } from './story.ts'
import { createTerminal } from './terminal.ts'
import { words as languages } from './words.ts'

const help = `npm run demo [-- --once] [-- --language en|zh-TW]

Starts a broker with passwords, the monitor, five simulated sensors and a mail inbox on this machine. The house has an
invented past of a year.
Plays a story of less than a minute: an alert, a lost sensor, and their recovery. Then everything runs until Ctrl-C.

  --once           stops after the story: exit code 0 if every step succeeded, else 1
  --language L     en or zh-TW, also zh (default: UI_LANGUAGE, else that of the terminal)
  --data FOLDER    folder of the database and the mails (default: a new folder in data/)`

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
  let crashed = false
  const stop = () => ending.abort()
  process.on('SIGINT', stop).on('SIGTERM', stop)
  // The reader of a pipe has closed it, as in `npm run demo | head`.
  process.stdout.on('error', stop)

  let demo: Demo | undefined
  let failedStep: string | null = null
  try {
    const folder = options.data ?? (await ownFolder())
    const onCrash = () => {
      crashed = true
      stop()
    }
    demo = await startDemo({ folder, language: options.language, words, terminal, signal: ending.signal, onCrash })
    failedStep = await play({ ...demo, signal: ending.signal })
    if (failedStep !== null) terminal.error(words.failed(failedStep))
    if (!options.once && failedStep === null) {
      terminal.story(words.done)
      if (!ending.signal.aborted) await once(ending.signal, 'abort')
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error
  } finally {
    terminal.story(words.stopping)
    await demo?.close()
  }
  const interrupted = options.once === true && ending.signal.aborted
  return crashed || failedStep !== null || interrupted ? 1 : 0
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, once: { type: 'boolean' }, language: { type: 'string' }, data: { type: 'string' } },
    })
    const language = values.language === undefined ? commandLanguage(process.env) : languageOf(values.language)
    if (language === undefined) return `--language must be en or zh-TW, not ${values.language}`
    return { ...values, language } as const
  } catch (error) {
    return (error as Error).message
  }
}

/** Makes the folder `data/demo-{process id}`, and deletes the folders of demos that have ended. */
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
