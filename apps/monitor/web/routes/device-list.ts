import * as shape from '@hearthwatch/api/devices'
import { ErrorAnswer } from '@hearthwatch/api/errors'
import { searchable } from '@hearthwatch/api/room-order'
import Type from 'typebox'
import { cutPage } from '../../live/page.ts'
import type { Device } from '../../store/devices.ts'
import type { Store } from '../../store/store.ts'
import type { App } from '../app.ts'
import { answerList } from '../http/in-slices.ts'
import type { RoomsAnswer } from '../rooms-answer.ts'
import type { Views } from '../views.ts'

export interface DeviceListOptions {
  store: Pick<Store, 'devices'>
  views: Pick<Views, 'device'>
  rooms: Pick<RoomsAnswer, 'nameOf'>
}

/** Devices a page has if the request names no number. */
const usual = 200

/** Adds the list of all devices, in pages or as a whole. */
export function addDeviceList(app: App, { store: { devices }, views, rooms }: DeviceListOptions): void {
  const compare = new Intl.Collator('en', { numeric: true }).compare
  let sorted: { version: number; keys: readonly string[] } = { version: -1, keys: [] }

  /** The keys in order; sorted only after a device came or went. */
  function keys(): readonly string[] {
    const version = devices.placesVersion()
    if (sorted.version !== version) sorted = { version, keys: Array.from(devices.all(), ({ key }) => key).sort(inOrder) }
    return sorted.keys
  }
  const inOrder = (a: string, b: string) => compare(a, b) || (a < b ? -1 : a > b ? 1 : 0)
  const known = (list: readonly string[]): Device[] => list.flatMap((key) => devices.get(key) ?? [])
  const nameOf = ({ id, room, described }: Device) =>
    searchable([id, described?.name, room, room === null ? null : rooms.nameOf(room)].filter(Boolean).join(' '))

  function page({ limit = usual, after, search = '' }: shape.DevicesQuery): shape.DevicePage {
    const wanted = searchable(search.trim())
    const all = keys()
    const found = wanted === '' ? all : known(all).flatMap((device) => (nameOf(device).includes(wanted) ? [device.key] : []))
    const { names, ...page } = cutPage(found, limit, after !== undefined && ((key) => inOrder(key, after) > 0))
    return { devices: known(names).map(views.device), ...page, total: all.length }
  }

  app.get(
    '/api/devices',
    {
      schema: {
        summary: 'All devices; with a parameter, one page of them',
        querystring: shape.DevicesQuery,
        response: { 200: Type.Union([Type.Array(shape.Device), shape.DevicePage]), 400: ErrorAnswer },
      },
    },
    ({ query }, reply) => {
      if (Object.keys(shape.DevicesQuery.properties).some((name) => name in query)) return page(query)
      return answerList(reply, keys(), (slice) => known(slice).map(views.device))
    },
  )
}
