import { signal } from '@preact/signals'
import { hear } from '../monitor/listen.ts'

const news = signal('')

/** Says something to people who hear the page instead of seeing it. */
export function announce(text: string): void {
  // The same words twice are news, too.
  news.value = news.value === text ? `${text}\u00a0` : text
}

hear('alert', ({ state, message }) => {
  if (state === 'firing' || state === 'resolved') announce(message)
})

export function Announcer() {
  return (
    <p class="unseen" role="status">
      {news.value}
    </p>
  )
}
