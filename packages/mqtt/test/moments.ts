/** Lets a test wait until something holds; it is looked at each time that something has happened. */
export class Moments {
  readonly #waiting = new Set<() => void>()

  happened(): void {
    for (const look of this.#waiting) look()
  }

  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}
