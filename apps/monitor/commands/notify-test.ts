import { parseArgs } from 'node:util'
import { silent } from '@hearthwatch/log'
import { readConfig } from '../config.ts'
import type { Channel } from '../notify/channels/channel.ts'
import { createChannels } from '../notify/channels/registry.ts'
import { createWords } from '../notify/text/words.ts'
import { tryChannel } from '../notify/try-channel.ts'

const help = `npm run notify-test [-- --channel NAME]

Sends a test by one of the channels of the settings (SMTP_URL, NOTIFY_URLS), to everyone on it, and says in plain words
why it does not get through. Without --channel it lists the channels. The monitor may be running.

  --channel NAME   the channel, by its name: mail, ntfy, line, …
  --help`

process.exitCode = await main()

async function main(): Promise<number> {
  let wanted: string | undefined
  try {
    const { values } = parseArgs({ options: { channel: { type: 'string' }, help: { type: 'boolean', short: 'h' } } })
    if (values.help) {
      console.log(help)
      return 0
    }
    wanted = values.channel
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    return 2
  }
  try {
    return await run(wanted)
  } catch (error) {
    console.error((error as Error).name === 'SettingsError' ? (error as Error).message : error)
    return 1
  }
}

async function run(wanted: string | undefined): Promise<number> {
  const config = readConfig()
  const channels = createChannels(config.channels, silent, Date.now)
  try {
    if (channels.length === 0) {
      console.error('No channel is set up: set SMTP_URL and MAIL_TO, or NOTIFY_URLS.')
      return 1
    }
    if (wanted === undefined) {
      console.log(`${channels.map(describe).join('\n')}\n\nnpm run notify-test -- --channel ${channels[0]?.name} sends a test.`)
      return 0
    }
    const channel = channels.find(({ name }) => name === wanted)
    if (channel === undefined) {
      console.error(`There is no channel ${wanted}. There is: ${channels.map(({ name }) => name).join(', ')}.`)
      return 2
    }
    const words = createWords({ language: config.UI_LANGUAGE, timeZone: config.TZ })
    const problem = await tryChannel(channel, (name) => ({ ...words.test(name), link: null }))
    if (problem === null) console.log(`The test was taken over for ${people(channel)}. Look whether it has arrived.`)
    else console.error(problem[config.UI_LANGUAGE])
    return problem === null ? 0 : 1
  } finally {
    for (const channel of channels) channel.close()
  }
}

function describe(channel: Channel): string {
  const { name, kind, quiet, budget, minimum } = channel
  const notes = [name === kind ? [] : [kind], [people(channel)], quiet ? [`quiet from ${clock(quiet.from)} to ${clock(quiet.until)}`] : []]
  if (budget) notes.push([`${budget.perMonth} messages a month`])
  if (minimum !== 'info') notes.push([minimum === 'critical' ? 'only what is critical' : 'warnings and what is critical'])
  return `${name}: ${notes.flat().join(', ')}`
}

function people({ recipients }: Channel): string {
  return recipients.length === 1 ? 'one recipient' : `${recipients.length} recipients`
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
