/** Text from outside. `bdi` keeps right-to-left text from reordering the text around it. */
export function Foreign({ text }: { text: string }) {
  return <bdi>{text}</bdi>
}
