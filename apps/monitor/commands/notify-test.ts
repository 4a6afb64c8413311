import { readConfig } from '../config/config.ts'
import type { Channel } from '../notify/channels/channel.ts'
import { createChannel } from '../notify/channels/registry.ts'
import { pageOf } from '../notify/text/compose.ts'
import { createWords } from '../notify/text/words.ts'
import { tryChannel } from '../notify/try-channel.ts'
import { runCommand } from './run.ts'

const help = `npm run notify-test [-- --channel NAME]

Sends a test message to every recipient of one channel of the settings (SMTP_URL, NOTIFY_URLS). If it fails, prints the
reason. Without --channel it lists the channels. The monitor may be running.

  --channel NAME   name of the channel: mail, ntfy, line, …
  --help           print this help`

process.exitCode = await runCommand(help, { channel: { type: 'string' } }, async ({ channel: name }) => {
  const config = readConfig()
  const channels = config.channels.map((channel) => createChannel(channel, Date.now))
  try {
    if (channels.length === 0) {
      console.error('No channel is set up: set SMTP_URL and MAIL_TO, or NOTIFY_URLS.')
      return 1
    }
    if (name === undefined) {
      console.log(`${channels.map(describe).join('\n')}\n\nnpm run notify-test -- --channel ${channels[0]?.name} sends a test message.`)
      return 0
    }
    const channel = channels.find((one) => one.name === name)
    if (channel === undefined) {
      console.error(`There is no channel ${name}. Channels: ${channels.map((one) => one.name).join(', ')}.`)
      return 2
    }
    const words = createWords({ language: config.UI_LANGUAGE, timeZone: config.TZ })
    const problem = await tryChannel(channel, (about) => {
      const link = pageOf(config.PUBLIC_URL)
      return { ...words.test({ ...about, at: Date.now(), link }), link }
    })
    if (problem === null) console.log(`The service accepted the test message for ${recipientsOf(channel)}. Check that it has arrived.`)
    else console.error(problem[config.UI_LANGUAGE])
    return problem === null ? 0 : 1
  } finally {
    for (const channel of channels) channel.close()
  }
})

function describe(channel: Channel): string {
  const { name, kind, quiet, budget, minimum } = channel
  const notes = [
    name === kind ? [] : [kind],
    [recipientsOf(channel)],
    quiet ? [`quiet from ${clock(quiet.from)} to ${clock(quiet.until)}`] : [],
  ]
  if (budget) notes.push([`${budget.perMonth} messages a month`])
  if (minimum !== 'info') notes.push([minimum === 'critical' ? 'only critical alerts' : 'warnings and critical alerts'])
  return `${name}: ${notes.flat().join(', ')}`
}

function recipientsOf({ recipients }: Channel): string {
  return recipients.length === 1 ? 'one recipient' : `${recipients.length} recipients`
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
