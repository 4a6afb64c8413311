/** Carries out a change. */
export type Change = () => void

/** Changes that are due because time has passed. null: none was found among some hundred more series or devices. */
export type Due = Generator<Change | null>

/** Series or devices between two pauses of a look: some ms. */
const stride = 256

/** True after each `stride` calls. */
export function createPauses(): () => boolean {
  let count = 0
  return () => ++count % stride === 0
}
