import { effect, signal } from '@preact/signals'
import { preference } from './preference.ts'

export const themePreference = preference('theme', ['auto', 'light', 'dark'])

const browser = matchMedia('(prefers-color-scheme: dark)')
const browserIsDark = signal(browser.matches)
browser.addEventListener('change', () => {
  browserIsDark.value = browser.matches
})

/** A canvas reads this so that it is redrawn when the theme changes. */
export const isDark = () => themePreference.value === 'dark' || (themePreference.value === 'auto' && browserIsDark.value)

effect(() => {
  const { dataset } = document.documentElement
  if (themePreference.value === 'auto') delete dataset.theme
  else dataset.theme = themePreference.value
})
