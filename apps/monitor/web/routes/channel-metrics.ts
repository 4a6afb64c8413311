import type { ChannelState } from '../../notify/deliver.ts'
import type { Counts } from '../../store/notifications.ts'
import { family } from '../http/prometheus.ts'

/** The metrics of channels. @param counts notifications by channel, including channels that were removed */
export function channelMetrics(channels: readonly ChannelState[], counts: ReadonlyMap<string, Counts>): string[] {
  const none: Counts = { pending: 0, sent: 0, failed: 0 }
  const all = new Map([...channels.map(({ name }) => [name, none] as const), ...counts])
  const budgets = channels.flatMap(({ name, budget }) => (budget ? [{ labels: { channel: name }, ...budget }] : []))
  const each = (value: (channel: ChannelState) => number) =>
    channels.map((channel) => ({ labels: { channel: channel.name }, value: value(channel) }))
  return [
    family(
      'hearthwatch_notifications',
      'gauge',
      'Notifications of each channel by state; old ones are deleted.',
      [...all].flatMap(([channel, states]) => Object.entries(states).map(([state, value]) => ({ labels: { channel, state }, value }))),
    ),
    family(
      'hearthwatch_channel_up',
      'gauge',
      '0: the channel has an error.',
      each(({ error }) => (error === null ? 1 : 0)),
    ),
    family(
      'hearthwatch_channel_paused',
      'gauge',
      '1: the channel is paused until its settings are corrected.',
      each(({ paused }) => (paused ? 1 : 0)),
    ),
    family(
      'hearthwatch_channel_quiet',
      'gauge',
      '1: the channel has quiet hours now.',
      each(({ quiet }) => (quiet ? 1 : 0)),
    ),
    family(
      'hearthwatch_channel_budget_messages',
      'gauge',
      'Messages that the channel may send in a calendar month.',
      budgets.map(({ labels, perMonth }) => ({ labels, value: perMonth })),
    ),
    family(
      'hearthwatch_channel_budget_used_messages',
      'gauge',
      'Messages that the channel has sent in this calendar month.',
      budgets.map(({ labels, used }) => ({ labels, value: used })),
    ),
  ]
}
