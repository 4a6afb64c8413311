import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { find } from '@hearthwatch/testhouse/need'
import { launch } from '../../dashboard/test/browser.ts'
import { nameRooms } from '../names.ts'
import { rooms } from '../rooms.ts'
import { take } from './camera.ts'
import { configure } from './configure.ts'
import { mailShots, takeMail } from './mails.ts'
import { shots } from './shots.ts'
import { startDemoWithPast } from './start.ts'

const root = join(import.meta.dirname, '..', '..', '..')

const help = `npm run screenshots [-- name …]

Takes the pictures in docs/screenshots: of mails, and of a monitor with a year of simulated readings, an alert and an offline sensor.
Needs Chromium. Except for the time of day, the pictures are the same in every run.

  name            takes only pictures whose name begins with this text: home, room-dark, …
  --folder PATH   writes the pictures to this folder`

process.exitCode = await main()

async function main(): Promise<number> {
  let folder: string
  let selected: typeof shots
  let mails: typeof mailShots
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
    const isWanted = ({ name }: { name: string }) => positionals.length === 0 || positionals.some((word) => name.startsWith(word))
    selected = shots.filter(isWanted)
    mails = mailShots.filter(isWanted)
    if (selected.length + mails.length === 0) throw new Error(`no picture has a name that begins with ${positionals.join(' or ')}`)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  if (find('chromium') === undefined) {
    console.error('The pictures need Chromium: apt-get install chromium')
    return 1
  }
  mkdirSync(folder, { recursive: true })
  if (selected.length + mails.length === shots.length + mailShots.length)
    for (const file of readdirSync(folder)) if (file.endsWith('.webp')) rmSync(join(folder, file))
  const browser = await launch()
  const report = (name: string, bytes: number) => console.log(`${name.padEnd(20)} ${Math.round(bytes / 1024)} KB`)
  try {
    for (const mail of mails) report(mail.name, await takeMail(browser, folder, mail))
    if (selected.length > 0) await takeViews(browser, folder, selected, report)
  } finally {
    await browser.close()
  }
  console.log(`The pictures are in ${relative(process.cwd(), folder) || '.'}`)
  return 0
}

async function takeViews(
  browser: Awaited<ReturnType<typeof launch>>,
  folder: string,
  selected: typeof shots,
  report: (name: string, bytes: number) => void,
): Promise<void> {
  console.log('Starting a monitor with a year of readings …')
  const demo = await startDemoWithPast()
  try {
    await configure(demo.url)
    for (const shot of selected) {
      await nameRooms(demo.url, rooms, shot.options?.locale === 'zh-TW' ? 'zh-TW' : 'en')
      report(shot.name, await take(browser, demo.url, folder, shot))
    }
  } finally {
    await demo.close()
  }
}
