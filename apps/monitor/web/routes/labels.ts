import { ErrorAnswer } from '@hearthwatch/api/errors'
import * as shape from '@hearthwatch/api/labels'
import Type from 'typebox'
import type { LiveState } from '../../live/live-state.ts'
import type { Label } from '../../store/labels.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { FieldError, HttpError } from '../http/errors.ts'
import { checkedLine } from '../http/line.ts'

/** Adds the routes for display names, icons, groups and the order of rooms. */
export function addLabels(app: App, { store, liveState }: { store: Store; liveState: LiveState }): void {
  const isRoom = (room: string) => liveState.hasRoom(room) || store.devices.inRoom(room).length > 0

  app.get(
    '/api/labels',
    { schema: { summary: 'Display names, icons and groups of the rooms, in their order', response: { 200: Type.Array(shape.Label) } } },
    () => store.labels.all(),
  )

  app.put(
    '/api/labels/:room',
    {
      schema: {
        summary: 'Sets the display name, icon, position and group of a room; its name in MQTT stays',
        params: shape.LabelParams,
        body: shape.LabelBody,
        response: { 200: shape.Label, 400: ErrorAnswer, 404: ErrorAnswer },
      },
    },
    ({ params: { room }, body }) => {
      const before = store.labels.get(room)
      // Otherwise the table could be filled with rooms that never existed.
      if (before === undefined && !isRoom(room)) throw new HttpError(404, `There is no room ${room}.`)
      const label = { room, name: null, icon: null, position: null, group: null, ...before, ...checked(body) }
      store.transaction(() => store.labels.put(label))
      liveState.emit({ type: 'label', data: label })
      return label
    },
  )
}

/** @throws FieldError for a name or group that is not one line, or an icon that is not one character */
function checked({ name, group, icon, ...rest }: Partial<Omit<Label, 'room'>>): Partial<Label> {
  const given: Partial<Label> = rest
  if (name !== undefined) given.name = name === null ? null : checkedLine('name', name, longestLine)
  if (group !== undefined) given.group = group === null ? null : checkedLine('group', group, longestLine)
  if (icon !== undefined) given.icon = icon === null ? null : checkedIcon(icon)
  return given
}

const longestLine = 64

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** One visible character may have a dozen code points: a family, a flag. */
function checkedIcon(icon: string): string {
  const [first, ...more] = characters.segment(icon)
  if (first === undefined || more.length > 0 || /^[\p{C}\p{Z}]/u.test(icon))
    throw new FieldError('icon must be one visible character', [{ field: 'icon', problem: 'wrong-format' }])
  return icon
}
