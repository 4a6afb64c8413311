/** What came over the wire: text, never markup; one written from right to left turns nothing else around. */
export function Foreign({ text }: { text: string }) {
  return <bdi>{text}</bdi>
}
