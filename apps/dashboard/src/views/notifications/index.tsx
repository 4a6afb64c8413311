import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { fresh } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { frame } from '../../words/frame.ts'
import { ChannelCard } from './channel.tsx'
import './notifications.css'
import { History } from './history.tsx'
import { channels, load, loadSoon, wrong } from './state.ts'
import { say } from './words.ts'

/** Who is told by which way, and what they were told. */
export default function Notifications() {
  // Whenever the page has been cut off it looks for what it missed.
  useEffect(() => void load(), [fresh.value])
  useEffect(() => onEvent('notification', loadSoon), [])
  return (
    <>
      <div class="head">
        <h1>{frame().views.notifications}</h1>
      </div>
      <ErrorText of={wrong.value} />
      <section aria-labelledby="channels">
        <h2 id="channels" class="unseen">
          {say().channels}
        </h2>
        {channels.value?.length === 0 && (
          <div class="empty">
            <p>{say().none}</p>
            <p class="channels-none">{say().noneText}</p>
          </div>
        )}
        <ul class="channels">
          {channels.value?.map((channel) => (
            <ChannelCard key={channel.name} channel={channel} />
          ))}
        </ul>
      </section>
      <History />
    </>
  )
}
