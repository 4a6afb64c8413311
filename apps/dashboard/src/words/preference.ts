import { effect, type Signal, signal } from '@preact/signals'

/**
 * A user's choice, saved in this browser.
 * @param choices the first one is the default
 */
export function preference<const C extends string>(name: string, choices: readonly C[]): Signal<C> {
  const key = `hearthwatch.${name}`
  const kept = read(key)
  const chosen = signal<C>(choices.find((choice) => choice === kept) ?? (choices[0] as C))
  effect(() => write(key, chosen.value))
  window.addEventListener('storage', (event) => {
    const other = event.key === key ? choices.find((choice) => choice === event.newValue) : undefined
    if (other !== undefined) chosen.value = other
  })
  return chosen
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}
