/** What an alert is about, ready for a sentence. Names and texts of strangers come marked (see text.ts). */
export interface About {
  kind: 'above' | 'below' | 'rises' | 'falls' | 'silent' | 'offline' | 'message' | 'broker' | 'own'
  /** What is measured, such as `temperature`; empty: nothing is. */
  quantity: string
  /** The same as people call it. */
  name: string
  /** The limit that was crossed, in the quantity's unit. */
  limit: number | null
  /** Empty where nobody knows it. */
  device: string
  /** For `rises` and `falls`: by how much it did, and within how long. */
  amount: string
  window: string
  /** The rule's own words, or the sensor's. */
  text: string
}

/** An alert in a few words, behind the room and the value. `lasted` is how long it has been on. */
export interface Phrase {
  on: string
  still(lasted: string): string
  off(lasted: string): string
  /** It became known only when it was over. */
  late(lasted: string): string
}

/** What one language says. Names and texts of strangers come marked (see text.ts); values come with their unit. */
export interface Language {
  tag: 'en' | 'zh-TW'
  /** A moment, as people write it. */
  moment: Intl.DateTimeFormatOptions
  /** The same, of today or so. */
  clock: Intl.DateTimeFormatOptions
  date: Intl.DateTimeFormatOptions
  /** Of whole numbers, the largest unit first; zeros are left out. */
  duration: Readonly<Record<'days' | 'hours' | 'minutes' | 'seconds', (count: number) => string>>
  /** A quantity and the unit that its numbers are in. */
  withUnit(quantity: string, unit: string): string
  colon: string
  comma: string
  semicolon: string
  phrase(about: About): Phrase
  titles: {
    /** Where and how much first; either may be empty. */
    alert(place: string, value: string, phrase: string): string
    /** The room may be empty. */
    lateText(room: string, text: string): string
    /** Several alerts, and how many of them are over. */
    several(count: number, over: number): string
    /** The same, after quiet hours. */
    quiet(count: number, over: number): string
    summary(date: string): string
    test: string
  }
  labels: Readonly<
    Record<
      | 'room'
      | 'sensor'
      | 'limit'
      | 'upper'
      | 'lower'
      | 'since'
      | 'from'
      | 'until'
      | 'lasted'
      | 'message'
      | 'received'
      | 'first'
      | 'last'
      | 'lowest'
      | 'mean'
      | 'highest'
      | 'now'
      | 'quantity'
      | 'alerts'
      | 'noAlerts'
      | 'absent'
      | 'missing'
      | 'undelivered'
      | 'elsewhere'
      | 'open'
      | 'acknowledge'
      | 'acknowledgeAll',
      string
    >
  >
  times(count: number): string
  andMore(count: number): string
  within(amount: string, window: string): string
  /** What was measured over some time. */
  between(quantity: string, lowest: string, highest: string): string
  /** Who is missed; either may be empty. */
  absent(room: string, device: string): string
  /** How long nothing was heard. */
  silent(lasted: string): string
  lost(device: string, count: string): string
  undelivered(channel: string, count: string): string
  spent(channel: string, used: string, perMonth: string): string
  alive(uptime: string, readings: string, size: string): string
  test(channel: string): string
  /** Where the times are from. */
  zone(name: string): string
  span(from: string, to: string): string
}
