import type { RoomPage } from '@hearthwatch/api/rooms'
import { batch, signal } from '@preact/signals'
import { ask, withQuery } from './ask.ts'
import { house, isLarge, pageSize, roomOf, rooms, takeAll, takeRooms } from './rooms.ts'
import { limitStream, loadShown, missing, pauseTelling, tellSoon } from './shown-rooms.ts'

/** The list of a large house that a view shows. */
export interface ListQuery {
  order: 'home' | 'trouble'
  search: string
  group: string | undefined
}

/** The loaded part of that list. */
interface Listed {
  /** JSON of its query; null: none was loaded. */
  of: string | null
  names: readonly string[]
  next: string | null
  found: number
  /** Rooms of the house at that time. */
  total: number
}

const none: Listed = { of: null, names: [], next: null, found: 0, total: 0 }
export const listed = signal<Listed>(none)
/** True while a page is requested. */
export const isLoading = signal(false)

const mostAtOnce = 1000
let asked = 0

/** Loads the first page of a list, unless it is shown already. @throws like `ask` */
export async function showList(query: ListQuery): Promise<void> {
  if (listed.peek().of !== JSON.stringify(query)) await loadList(query, pageSize)
}

/** Loads the next page. @throws like `ask` */
export async function showMore(): Promise<void> {
  const { of, names, next } = listed.peek()
  if (of === null || next === null || isLoading.peek()) return
  const mine = ++asked
  const page = await pageOf(JSON.parse(of), pageSize, next)
  if (page === null || mine !== asked) return
  // By trouble, a room that changed meanwhile may come a second time.
  take(of, page, [...new Set([...names, ...page.rooms.map(({ room }) => room)])])
}

/** Loads the list again, as far as it was loaded. */
async function loadList(query: ListQuery, count: number): Promise<void> {
  const mine = ++asked
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const page: RoomPage | null = await pageOf(query, Math.min(count - names.length, mostAtOnce), after)
    if (page === null || mine !== asked) return
    names.push(...page.rooms.map(({ room }) => room))
    if (page.next !== null && names.length < count) takeRooms(page.rooms)
    else return take(JSON.stringify(query), page, names)
    after = page.next
  }
}

/** @returns null if the house has become small meanwhile */
async function pageOf({ order, search, group }: ListQuery, limit: number, after?: string): Promise<RoomPage | null> {
  isLoading.value = true
  try {
    const page = await ask<RoomPage>(withQuery('api/rooms', { limit, after, order, group, search: search.trim() || undefined }))
    return isLarge.peek() ? page : null
  } finally {
    isLoading.value = false
  }
}

function take(of: string, { rooms: answer, next, found, total, online, groups }: RoomPage, names: readonly string[]): void {
  batch(() => {
    takeRooms(answer)
    listed.value = { of, names, next, found, total }
    house.value = { total, online, groups }
  })
}

/**
 * Loads all rooms of a house, or what is shown of a large one.
 * @returns takes the answer
 * @throws like `ask`
 */
export async function loadRooms(): Promise<() => void> {
  if (isLarge.peek()) {
    const take = await loadShown()
    return () => {
      take()
      if (house.value.total <= pageSize) void leaveLarge()
      else void reload()
    }
  }
  const page = await firstPage()
  return () => {
    house.value = page
    if (page.next === null) return takeAll(page.rooms)
    isLarge.value = true
    takeAll(page.rooms)
    // Without groups, home has the rooms in their own order.
    const of = page.groups.length === 0 ? JSON.stringify({ order: 'home', search: '' } satisfies Partial<ListQuery>) : null
    listed.value = { of, names: page.rooms.map(({ room }) => room), next: page.next, found: page.found, total: page.total }
    tellSoon()
  }
}

/** Loads the list again if rooms came or went, or if it is in an order that changes. */
async function reload(): Promise<void> {
  const { of, names, total } = listed.peek()
  // A person may have asked for another list just now.
  if (of === null || isLoading.peek()) return
  const query: ListQuery = JSON.parse(of)
  if (house.peek().total === total && query.order !== 'trouble') return
  await loadList(query, Math.max(pageSize, names.length)).catch(() => {})
}

let isLeaving = false

/** Loads a house as a whole again after most of its rooms were forgotten: first its events, so that none is missed. */
async function leaveLarge(): Promise<void> {
  if (isLeaving) return
  isLeaving = true
  pauseTelling(true)
  try {
    await limitStream(null)
    const page = await firstPage()
    // It has grown again: the next answer limits the stream.
    if (page.next !== null) return
    batch(() => {
      forgetPages()
      house.value = page
      takeAll(page.rooms)
    })
  } catch {
    // The next answer tries again.
  } finally {
    isLeaving = false
    pauseTelling(false)
  }
}

const firstPage = () => ask<RoomPage>(withQuery('api/rooms', { limit: pageSize }))

/** Forgets the list, after a logout. */
export function forgetPages(): void {
  asked += 1
  batch(() => {
    isLarge.value = false
    listed.value = none
    missing.value = new Set()
  })
}

/** The listed rooms that are loaded, in their order. */
export const listedRooms = () => (rooms.value === null ? [] : listed.value.names.flatMap((name) => roomOf(name) ?? []))
