import { computed, effect, signal } from '@preact/signals'
import { route } from '../route.ts'
import { preference } from './preference.ts'

export const themePreference = preference('theme', ['auto', 'light', 'dark'])

/** Of the wall view, which hangs in a dark room at night. */
export const wallThemePreference = preference('wall-theme', ['dark', 'light'])
const theme = computed(() => (route.value.view === 'wall' ? wallThemePreference.value : themePreference.value))

const browser = matchMedia('(prefers-color-scheme: dark)')
const browserIsDark = signal(browser.matches)
browser.addEventListener('change', () => {
  browserIsDark.value = browser.matches
})

/** A canvas reads this so that it is redrawn when the theme changes. */
export const isDark = () => theme.value === 'dark' || (theme.value === 'auto' && browserIsDark.value)

effect(() => {
  const { dataset } = document.documentElement
  if (theme.value === 'auto') delete dataset.theme
  else dataset.theme = theme.value
})
