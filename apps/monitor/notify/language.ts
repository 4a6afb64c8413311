/** What one language says. Names and texts of strangers come marked (see text.ts); values come with their unit. */
export interface Language {
  tag: 'en' | 'zh-TW'
  /** A known quantity's name; undefined: nobody knows it. */
  quantities: Readonly<Record<string, string>>
  /** A moment, as people write it. */
  moment: Intl.DateTimeFormatOptions
  date: Intl.DateTimeFormatOptions
  /** Of whole numbers, the largest unit first; zeros are left out. */
  duration: Readonly<Record<'days' | 'hours' | 'minutes' | 'seconds', (count: number) => string>>
  /** A quantity and the unit that its numbers are in. */
  withUnit(quantity: string, unit: string): string
  colon: string
  comma: string
  semicolon: string
  titles: {
    tooHot(room: string, value: string): string
    /** `value` is empty where it is not known. */
    notTooHot(room: string, value: string, lasted: string): string
    offline(room: string, device: string): string
    online(room: string, device: string, lasted: string): string
    said(room: string, text: string): string
    saidNoMore(room: string, lasted: string): string
    /** A rule that has no words of its own. */
    other(room: string, value: string, rule: string): string
    otherOver(room: string, value: string, rule: string, lasted: string): string
    lateAlert(room: string, value: string, lasted: string): string
    lateText(room: string, text: string): string
    several(count: number): string
    severalOver(count: number): string
    summary(date: string): string
  }
  labels: Readonly<
    Record<
      | 'room'
      | 'sensor'
      | 'limit'
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
      | 'open',
      string
    >
  >
  times(count: number): string
  andMore(count: number): string
  /** Where the times are from. */
  zone(name: string): string
  span(from: string, to: string): string
}
