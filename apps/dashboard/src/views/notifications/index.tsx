import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { ErrorText } from '../../parts/error-text.tsx'
import { frame } from '../../words/frame.ts'
import { ChannelCard } from './channel.tsx'
import './notifications.css'
import { History } from './history.tsx'
import { channels, load, loadSoon, wrong } from './state.ts'
import { say } from './words.ts'

/** The notification channels and the history of notifications. */
export default function Notifications() {
  // Each new connection reloads, because events may have been missed.
  useEffect(() => void load(), [connections.value])
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
        <ul class="cards channels">
          {channels.value?.map((channel) => (
            <ChannelCard key={channel.name} channel={channel} />
          ))}
        </ul>
      </section>
      <History />
    </>
  )
}
