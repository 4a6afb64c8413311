/** Lets a test wait for a condition, which is checked again at each signal. */
export class Changes {
  readonly #checks = new Set<() => void>()

  signal(): void {
    for (const check of this.#checks) check()
  }

  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return
        this.#checks.delete(check)
        resolve()
      }
      this.#checks.add(check)
      check()
    })
  }
}
