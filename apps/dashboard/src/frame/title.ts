import { effect } from '@preact/signals'
import { alerts } from '../monitor/house.ts'

effect(() => {
  const count = alerts.value.length
  document.title = count > 0 ? `(${count}) Hearthwatch` : 'Hearthwatch'
})
