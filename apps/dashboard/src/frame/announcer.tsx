import { signal } from '@preact/signals'
import { onEvent } from '../monitor/events.ts'
import { alertEnding, alertSentence } from '../words/alert-sentence.ts'
import { frame } from '../words/frame.ts'

const news = signal('')

/** Announces a text to screen readers. */
export function announce(text: string): void {
  // A screen reader announces only a changed text, so the same text twice gets a space.
  news.value = news.value === text ? `${text}\u00a0` : text
}

onEvent('alert', (alert) => {
  if (alert.state === 'firing') announce(alertSentence(alert))
  if (alert.state !== 'resolved') return
  announce(alert.ended === null ? frame().over(alertSentence(alert)) : `${alertSentence(alert)} · ${alertEnding(alert)}`)
})

export function Announcer() {
  return (
    <p class="unseen" role="status">
      {news.value}
    </p>
  )
}
