import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { find } from '@hearthwatch/testhouse/need'
import { launch } from '../../dashboard/test/browser.ts'
import { take } from './camera.ts'
import { openPictureHouse } from './house.ts'
import { arrange, nameRooms } from './household.ts'
import { shots } from './shots.ts'

const root = join(import.meta.dirname, '..', '..', '..')

const help = `npm run screenshots [-- name …]

Takes the pictures in docs/screenshots of a house that is there for them alone, with a year of readings, an alert and a
sensor that is gone. Needs Chromium. What is shown is made up, and the same in every run but for the time of day.

  name            only pictures whose name begins so: home, room-dark, …
  --folder PATH   put them there instead`

process.exitCode = await main()

async function main(): Promise<number> {
  let folder: string
  let wanted: typeof shots
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
    wanted = shots.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.startsWith(word)))
    if (wanted.length === 0) throw new Error(`There is no picture called ${positionals.join(' or ')}.`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  if (find('chromium') === undefined) {
    console.error('The pictures need Chromium: apt-get install chromium')
    return 1
  }
  mkdirSync(folder, { recursive: true })
  if (wanted.length === shots.length) for (const file of readdirSync(folder)) if (file.endsWith('.webp')) rmSync(join(folder, file))
  console.log('A house is furnished, with a year behind it …')
  const house = await openPictureHouse()
  const browser = await launch()
  let sum = 0
  try {
    await arrange(house.url)
    for (const shot of wanted) {
      await nameRooms(house.url, shot.options?.locale === 'zh-TW' ? 'zh-TW' : 'en')
      const bytes = await take(browser, house.url, folder, shot)
      sum += bytes
      console.log(`${shot.name.padEnd(16)} ${Math.round(bytes / 1024)} KB`)
    }
  } finally {
    await browser.close()
    await house.close()
  }
  console.log(`${Math.round(sum / 1024)} KB in ${relative(process.cwd(), folder) || '.'}`)
  return 0
}
