import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { onEvent } from '../../monitor/events.ts'
import { connections } from '../../monitor/state.ts'
import { useRequest } from '../../monitor/use-request.ts'
import { Action } from '../../parts/action.tsx'
import { ErrorText } from '../../parts/error-text.tsx'
import { Icon } from '../../parts/icon.tsx'
import { route, setQuery } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { ChannelCard } from './channel.tsx'
import './notifications.css'
import { ChannelEditor } from './editor.tsx'
import { History } from './history.tsx'
import { channels, kinds, load, loadKinds, loadSoon, wrong } from './state.ts'
import { ThisBrowser } from './this-browser.tsx'
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
        <Add />
      </div>
      <ErrorText of={wrong.value} />
      <section aria-labelledby="channels">
        <h2 id="channels" class="unseen">
          {say().channels}
        </h2>
        {channels.value?.length === 0 && (
          <div class="empty">
            <p>
              <strong>{say().none}</strong>
            </p>
            <p class="channels-none">{say().noneText}</p>
          </div>
        )}
        <ul class="cards channels">
          {channels.value?.map((channel) => (
            <ChannelCard key={channel.name} channel={channel} />
          ))}
        </ul>
      </section>
      <ThisBrowser />
      <History />
    </>
  )
}

/** The button that adds a channel, and its form. */
function Add() {
  // `#/notifications?add` opens it, for links of other views.
  const isOpen = useSignal(route.value.query.has('add'))
  const { wrong, isBusy, run } = useRequest()
  useEffect(() => {
    if (isOpen.value) void run(loadKinds)
  }, [])
  const open = () =>
    run(async () => {
      await loadKinds()
      isOpen.value = true
    })
  const close = () => {
    isOpen.value = false
    setQuery({})
  }
  return (
    <>
      <ErrorText of={wrong.value} />
      <Action look="primary" isBusy={isBusy.value} onAct={() => void open()}>
        <Icon name="plus" size={18} />
        {say().add}
      </Action>
      {isOpen.value && kinds.value.length > 0 && (
        <ChannelEditor kinds={kinds.value.filter(({ browser }) => !browser)} edited={null} onClose={close} />
      )}
    </>
  )
}
