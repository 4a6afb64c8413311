import type { Ending } from '@hearthwatch/api/alerts'
import type { Trend } from '@hearthwatch/api/trend'
import type { AlertCondition } from '../../rules/alert.ts'

/** The facts of an alert for a phrase. Names and texts from MQTT are marked (see text.ts). */
export interface About {
  kind: Exclude<AlertCondition, 'outside'> | 'own' | 'disk-full'
  /** The quantity, such as `temperature`; empty: none. */
  quantity: string
  /** The quantity's name in this language. */
  name: string
  /** The limit that was crossed, in the quantity's unit. */
  limit: number | null
  /** Empty if unknown. */
  device: string
  /** For `rises` and `falls`: the change and the window. */
  amount: string
  window: string
  /** The message of the rule, the text of the sensor, or the date of a certificate. */
  text: string
}

/** An alert in a few words, after the room and the value. `lasted` is its duration. */
export interface Phrase {
  on: string
  still(lasted: string): string
  off(lasted: string): string
  /** It was reported only after it had resolved. */
  late(lasted: string): string
  /** Heading of a list of such alerts. */
  heading: string
  /** Several such alerts in a few words. `worst`: the place that is furthest beyond its limit, and its value; null: none has a value. */
  several(count: string, worst: { place: string; value: string } | null): string
}

/** The texts of one language. Names and texts from MQTT are marked (see text.ts); values have their unit. */
export interface Language {
  tag: 'en' | 'zh-TW'
  /** Format of a date with time. */
  moment: Intl.DateTimeFormatOptions
  /** Format of a time within a day. */
  clock: Intl.DateTimeFormatOptions
  date: Intl.DateTimeFormatOptions
  /** Whole numbers, the largest unit first; zeros are left out. */
  duration: Readonly<Record<'days' | 'hours' | 'minutes' | 'seconds', (count: number) => string>>
  /** A quantity with its unit. */
  withUnit(quantity: string, unit: string): string
  colon: string
  comma: string
  semicolon: string
  phrase(about: About): Phrase
  /** An alert that ended although its condition was not over. `on`: the phrase of its condition. */
  ended: Readonly<Record<Ending, (on: string, rule: string) => string>>
  /** Titles of the ids in small print. */
  ids: { rooms: string; rules: string }
  titles: {
    /** Begins with the place and the value; either may be empty. */
    alert(place: string, value: string, phrase: string): string
    /** The room may be empty. */
    lateText(room: string, text: string): string
    /** Several alerts, and how many of them are resolved. */
    several(count: number, resolved: number): string
    /** The same, after quiet hours. */
    quiet(count: number, resolved: number): string
    summary(date: string): string
    test: string
  }
  labels: Readonly<
    Record<
      | 'room'
      | 'sensor'
      | 'rule'
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
      | 'change'
      | 'peak'
      | 'trough'
      | 'seen'
      | 'lastValues'
      | 'channel'
      | 'server'
      | 'recipient'
      | 'sent'
      | 'resolved'
      | 'ended'
      | 'late'
      | 'batteries'
      | 'alerts'
      | 'value'
      | 'time'
      | 'noAlerts'
      | 'absent'
      | 'missing'
      | 'undelivered'
      | 'topics'
      | 'disk'
      | 'elsewhere'
      | 'open'
      | 'acknowledge'
      | 'acknowledgeAll',
      string
    >
  >
  times(count: number): string
  trends: Readonly<Record<Trend, string>>
  /** The first words of the preview that mail programs show beside the subject. */
  preview: {
    limit(amount: string): string
    since(clock: string): string
    span(from: string, to: string): string
    seen(moment: string): string
  }
  /** The next notification, unless a person acknowledges. */
  reminder(after: string): string
  /** Advice for a person who looks after a sensor. `battery`: its last charge, if it is low; else empty. */
  advice: {
    offline(battery: string): string
    silent: string
    broker: string
    deaf: string
    certificate: string
    backup: string
    disk: string
  }
  /** Beside the duration of a resolved alert in a list. */
  lasted(duration: string): string
  /** Below the table of the summary. */
  changeNote: string
  /** Numbers in the preview of the summary. */
  counts: { alerts(count: number): string; absent(count: number): string; battery(room: string, value: string): string }
  andMore(count: number): string
  within(amount: string, window: string): string
  /** Range of the readings in a chart. */
  between(quantity: string, lowest: string, highest: string): string
  /** A silent sensor; either may be empty. */
  absent(room: string, device: string): string
  /** Total time without readings. */
  silent(lasted: string): string
  lost(device: string, count: string): string
  undelivered(channel: string, count: string): string
  spent(channel: string, used: string, perMonth: string): string
  alive(uptime: string, readings: string, size: string): string
  test(channel: string): string
  /** Time zone of all times. */
  zone(name: string): string
  span(from: string, to: string): string
}
