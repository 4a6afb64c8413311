import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { find } from '@hearthwatch/testhouse/need'
import { launch } from '../../dashboard/test/browser.ts'
import { nameRooms } from '../names.ts'
import { rooms } from '../rooms.ts'
import { take } from './camera.ts'
import { configure } from './configure.ts'
import { shots } from './shots.ts'
import { startDemoWithPast } from './start.ts'

const root = join(import.meta.dirname, '..', '..', '..')

const help = `npm run screenshots [-- name …]

Takes the pictures in docs/screenshots, of a monitor with a year of simulated readings, an alert and an offline sensor.
Needs Chromium. Except for the time of day, the pictures are the same in every run.

  name            takes only pictures whose name begins with this text: home, room-dark, …
  --folder PATH   writes the pictures to this folder`

process.exitCode = await main()

async function main(): Promise<number> {
  let folder: string
  let selected: typeof shots
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, folder: { type: 'string' } },
      allowPositionals: true,
    })
    if (values.help) {
      console.log(help)
      return 0
    }
    folder = values.folder ?? join(root, 'docs', 'screenshots')
    selected = shots.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.startsWith(word)))
    if (selected.length === 0) throw new Error(`no picture has a name that begins with ${positionals.join(' or ')}`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  if (find('chromium') === undefined) {
    console.error('The pictures need Chromium: apt-get install chromium')
    return 1
  }
  mkdirSync(folder, { recursive: true })
  if (selected.length === shots.length) for (const file of readdirSync(folder)) if (file.endsWith('.webp')) rmSync(join(folder, file))
  console.log('Starting a monitor with a year of readings …')
  const demo = await startDemoWithPast()
  const browser = await launch()
  let sum = 0
  try {
    await configure(demo.url)
    for (const shot of selected) {
      await nameRooms(demo.url, rooms, shot.options?.locale === 'zh-TW' ? 'zh-TW' : 'en')
      const bytes = await take(browser, demo.url, folder, shot)
      sum += bytes
      console.log(`${shot.name.padEnd(16)} ${Math.round(bytes / 1024)} KB`)
    }
  } finally {
    await browser.close()
    await demo.close()
  }
  console.log(`${Math.round(sum / 1024)} KB in ${relative(process.cwd(), folder) || '.'}`)
  return 0
}
