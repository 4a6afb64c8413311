/** The logo of Hearthwatch. */
export function Mark({ size = 36 }: { size?: number }) {
  return <img class="mark" src="./icon.svg" alt="" width={size} height={size} />
}
